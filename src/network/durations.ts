/**
 * How long Microsoft.Network takes, in milliseconds; the pace of the program shortens it.
 * Source: times of the operations in
 * Azure/azure-cli:src/azure-cli/azure/cli/command_modules/network/tests/latest/recordings/test_network_vnet.yaml.
 */
export const DURATIONS = {
  updateMs: 4_000,
  deleteMs: 10_000,
} as const;
