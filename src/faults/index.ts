export { decodeFault, FaultError } from "./decode.ts";
export { type Faults, MAX_RULES, openFaults } from "./rules.ts";
export { fitsPattern, type Subject } from "./subject.ts";
export { followMachines, type RunningMachine, type RunningMachines } from "./follow-machines.ts";
