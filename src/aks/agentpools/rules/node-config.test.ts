import { describe, expect, it } from "vitest";
import { expectRefusal, type Row, type Setting, verdict, windows } from "../../testing/candidate.ts";

const kubelet = (kubeletConfig: object): Setting => ({ properties: { kubeletConfig } });
const sysctls = (sysctl: object): Setting => ({ properties: { linuxOSConfig: { sysctls: sysctl } } });
const linux = (linuxOSConfig: object, kubeletConfig?: object): Setting => ({
  properties: { linuxOSConfig, ...(kubeletConfig && { kubeletConfig }) },
});

const fitting: readonly (Setting & { readonly name: string })[] = [
  {
    name: "a kubelet as in the manual",
    ...kubelet({
      cpuManagerPolicy: "static",
      cpuCfsQuotaPeriod: "200ms",
      imageGcHighThreshold: 90,
      imageGcLowThreshold: 70,
      topologyManagerPolicy: "best-effort",
      allowedUnsafeSysctls: ["kernel.msg*", "net.*"],
      failSwapOn: false,
    }),
  },
  {
    name: "a kernel as in the manual",
    ...linux(
      {
        transparentHugePageEnabled: "madvise",
        transparentHugePageDefrag: "defer+madvise",
        swapFileSizeMB: 1500,
        sysctls: { netCoreSomaxconn: 163849, netIpv4TcpTwReuse: true, netIpv4IpLocalPortRange: "32000 60000" },
      },
      { failSwapOn: false },
    ),
  },
  {
    name: "a kubelet on Windows",
    ...windows({
      kubeletConfig: { imageGcHighThreshold: 90, imageGcLowThreshold: 70, containerLogMaxSizeMB: 20, containerLogMaxFiles: 6 },
    }),
  },
];

const refused: readonly Row[] = [
  {
    name: "on an availability set",
    ...kubelet({ cpuCfsQuota: true }),
    properties: { type: "AvailabilitySet", kubeletConfig: { cpuCfsQuota: true } },
    code: "CustomNodeConfigFeatureNotSupported",
  },
  {
    name: "a manager of CPUs that there is not",
    ...kubelet({ cpuManagerPolicy: "dynamic" }),
    code: "InvalidCustomKubeletConfig",
    message: /^CustomKubeletConfig\.CPUManagerPolicy dynamic /,
  },
  {
    name: "a manager of topology that there is not",
    ...kubelet({ topologyManagerPolicy: "best" }),
    code: "InvalidCustomKubeletConfig",
    message: /TopologyManagerPolicy best /,
  },
  {
    name: "a period that is none",
    ...kubelet({ cpuCfsQuotaPeriod: "soon" }),
    code: "InvalidCustomKubeletConfig",
    message: /CPUCfsQuotaPeriod/,
  },
  {
    name: "a threshold over a hundred",
    ...kubelet({ imageGcHighThreshold: 101 }),
    code: "InvalidCustomKubeletConfig",
    message: "CustomKubeletConfig.ImageGcHighThreshold 101 is not in a valid range. Allowed minimum value is 0, maximum value is 100.",
  },
  {
    name: "a low threshold over the high one",
    ...kubelet({ imageGcHighThreshold: 50, imageGcLowThreshold: 60 }),
    code: "InvalidCustomKubeletConfig",
  },
  { name: "a low threshold over the default", ...kubelet({ imageGcLowThreshold: 90 }), code: "InvalidCustomKubeletConfig" },
  {
    name: "one log file",
    ...kubelet({ containerLogMaxFiles: 1 }),
    code: "InvalidCustomKubeletConfig",
    message: /ContainerLogMaxFiles 1 .* minimum value is 2/,
  },
  { name: "log files of nothing", ...kubelet({ containerLogMaxSizeMB: 0 }), code: "InvalidCustomKubeletConfig" },
  { name: "fewer processes than none", ...kubelet({ podMaxPids: -2 }), code: "InvalidCustomKubeletConfig" },
  {
    name: "a sysctl that may not be allowed",
    ...kubelet({ allowedUnsafeSysctls: ["vm.swappiness"] }),
    code: "InvalidCustomKubeletConfig",
  },
  {
    name: "a manager of CPUs on Windows",
    ...windows({ kubeletConfig: { cpuManagerPolicy: "none" } }),
    code: "InvalidCustomKubeletConfig",
    message: /CPUManagerPolicy is not supported on Windows/,
  },
  {
    name: "a kernel on Windows",
    ...windows({ linuxOSConfig: { swapFileSizeMB: 1 } }),
    code: "InvalidCustomLinuxOSConfig",
    message: /Windows/,
  },
  { name: "huge pages that are no word", ...linux({ transparentHugePageEnabled: "sometimes" }), code: "InvalidCustomLinuxOSConfig" },
  { name: "a defragmentation that is no word", ...linux({ transparentHugePageDefrag: "later" }), code: "InvalidCustomLinuxOSConfig" },
  {
    name: "swap beside a kubelet that minds",
    ...linux({ swapFileSizeMB: 100 }, { failSwapOn: true }),
    code: "InvalidCustomLinuxOSConfig",
    message: "CustomKubeletConfig.FailSwapOn must be set to false to enable swap file on nodes.",
  },
  {
    name: "swap beside a kubelet of its own mind",
    ...linux({ swapFileSizeMB: 100 }),
    code: "InvalidCustomLinuxOSConfig",
    message: /FailSwapOn/,
  },
  {
    name: "swap larger than the temporary disk",
    ...linux({ swapFileSizeMB: 40_000 }, { failSwapOn: false }),
    code: "InvalidCustomLinuxOSConfig",
    message: /SwapFileSizeMB 40000 .* maximum value is 32768/,
  },
  {
    name: "keepalives too soon",
    ...sysctls({ netIpv4TcpkeepaliveIntvl: 5 }),
    code: "InvalidCustomLinuxOSConfig",
    message:
      "CustomLinuxOSConfig.Sysctls.NetIpv4TcpkeepaliveIntvl 5 is not in a valid range. Allowed minimum value is 10, maximum value is 90.",
  },
  { name: "a queue too short", ...sysctls({ netCoreSomaxconn: 100 }), code: "InvalidCustomLinuxOSConfig" },
  { name: "too many watches", ...sysctls({ fsInotifyMaxUserWatches: 2_097_153 }), code: "InvalidCustomLinuxOSConfig" },
  { name: "too few maps", ...sysctls({ vmMaxMapCount: 100 }), code: "InvalidCustomLinuxOSConfig" },
  { name: "a swappiness over a hundred", ...sysctls({ vmSwappiness: 101 }), code: "InvalidCustomLinuxOSConfig" },
  {
    name: "a default over its maximum",
    ...sysctls({ netCoreRmemDefault: 300_000, netCoreRmemMax: 212_992 }),
    code: "InvalidCustomLinuxOSConfig",
  },
  { name: "ports in words", ...sysctls({ netIpv4IpLocalPortRange: "all" }), code: "InvalidCustomLinuxOSConfig" },
  { name: "ports that end too early", ...sysctls({ netIpv4IpLocalPortRange: "1024 2048" }), code: "InvalidCustomLinuxOSConfig" },
  {
    name: "another kubelet later",
    ...kubelet({ podMaxPids: 100 }),
    stored: {},
    code: "CustomKubeletConfigOrCustomLinuxOSConfigCanNotBeChanged",
  },
  {
    name: "another kernel later",
    ...sysctls({ vmSwappiness: 1 }),
    stored: { linuxOSConfig: { sysctls: { vmSwappiness: 2 } } },
    code: "CustomKubeletConfigOrCustomLinuxOSConfigCanNotBeChanged",
  },
];

describe("a pool's settings of kubelet and kernel", () => {
  it.each(fitting)("may be $name", ({ name: _name, ...setting }) => {
    expect(verdict(setting)).toBe("fits");
  });

  it.each(refused)("may not be $name", expectRefusal);
});
