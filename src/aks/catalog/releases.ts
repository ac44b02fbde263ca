/** A patch release and the day on which AKS began to offer it. */
export interface PatchRelease {
  readonly patch: number;
  readonly since: string;
}

/** A minor version in AKS, with the days on which its standing changed. */
export interface MinorRelease {
  /** `1.12`. */
  readonly minor: string;
  /** First day as a preview; absent when it never was one. */
  readonly preview?: string;
  /** First day of general availability. */
  readonly available: string;
  /** First day without support by the community's patches: no new clusters but on the long-term plan. */
  readonly end: string;
  /** First day without long-term support; absent when it never had any. */
  readonly longTermEnd?: string;
  /** Patches that AKS offered at some time, ascending. */
  readonly patches: readonly PatchRelease[];
}

/** @param list patches with their first days: `5:2019-04-15 7:2019-07-08`. */
function dated(list: string): readonly PatchRelease[] {
  return list.split(" ").map((entry) => {
    const [patch = "", since = ""] = entry.split(":");
    return { patch: Number(patch), since };
  });
}

/**
 * Kubernetes versions that AKS offered, oldest first, the same in every region.
 * Sources: 1.7 to 1.9: `az aks get-versions` in the Azure docs of 2017 and 2018. 1.10 on: Azure/AKS CHANGELOG, releases
 * 2019-01-31 to 2026-07-17, which names most patches and the days; recorded answers of `get-versions` of 2021-07 and 2022-03 and
 * recorded clusters name others. Ends: Azure docs supported-kubernetes-versions of 2024-10 and 2026-08, and the CHANGELOG.
 * Unverified: days before 2019, and of patches that the CHANGELOG does not name; they are put between their neighbours.
 */
export const releases: readonly MinorRelease[] = [
  {
    minor: "1.7",
    available: "2017-10-24",
    end: "2018-08-15",
    patches: dated("7:2017-10-24 9:2017-11-15 12:2018-02-10 15:2018-03-25 16:2018-04-15"),
  },
  {
    minor: "1.8",
    available: "2017-11-15",
    end: "2019-01-31",
    patches: dated("1:2017-11-15 2:2017-12-05 6:2018-01-25 7:2018-02-10 10:2018-03-25 11:2018-04-15 14:2018-06-20 15:2018-09-05"),
  },
  {
    minor: "1.9",
    available: "2018-02-10",
    end: "2019-04-15",
    patches: dated("1:2018-02-10 2:2018-02-20 6:2018-04-05 9:2018-06-20 10:2018-08-20 11:2018-10-20"),
  },
  {
    minor: "1.10",
    available: "2018-06-13",
    end: "2019-10-25",
    patches: dated("3:2018-06-13 5:2018-07-25 6:2018-08-10 7:2018-09-05 8:2018-10-10 9:2018-11-15 12:2019-01-31 13:2019-03-01"),
  },
  {
    minor: "1.11",
    available: "2018-08-15",
    end: "2019-12-09",
    patches: dated("1:2018-08-15 2:2018-08-25 3:2018-10-05 4:2018-11-15 5:2018-12-03 7:2019-02-12 8:2019-03-01 9:2019-04-04 10:2019-07-08"),
  },
  {
    minor: "1.12",
    available: "2019-01-31",
    end: "2019-12-09",
    patches: dated("4:2019-01-31 5:2019-02-12 6:2019-03-01 7:2019-04-04 8:2019-05-17"),
  },
  {
    // Announced on 2019-04-15; a cluster of the day after still got the default of before.
    minor: "1.13",
    available: "2019-04-22",
    end: "2020-02-28",
    patches: dated("5:2019-04-22 7:2019-07-08 9:2019-08-05 10:2019-08-19 11:2019-10-18 12:2019-10-28"),
  },
  {
    minor: "1.14",
    preview: "2019-04-22",
    available: "2019-08-05",
    end: "2020-06-29",
    patches: dated("0:2019-04-22 3:2019-07-08 5:2019-08-05 6:2019-08-19 7:2019-10-18 8:2019-10-28"),
  },
  {
    minor: "1.15",
    preview: "2019-09-02",
    available: "2019-12-09",
    end: "2020-08-31",
    patches: dated("3:2019-09-02 4:2019-10-18 5:2019-10-28 7:2020-01-27 10:2020-03-09 11:2020-05-18 12:2020-06-29"),
  },
  {
    minor: "1.16",
    preview: "2020-01-27",
    available: "2020-03-09",
    end: "2021-01-31",
    patches: dated("0:2020-01-27 1:2020-01-27 7:2020-03-09 8:2020-05-18 9:2020-05-18 10:2020-06-29 13:2020-07-27 15:2020-09-21"),
  },
  {
    minor: "1.17",
    preview: "2020-01-27",
    available: "2020-06-29",
    end: "2021-03-31",
    patches: dated(
      "0:2020-01-27 3:2020-03-09 4:2020-05-18 5:2020-05-18 7:2020-06-29 9:2020-07-27 11:2020-09-21 13:2020-10-26 16:2021-01-25",
    ),
  },
  {
    minor: "1.18",
    preview: "2020-05-11",
    available: "2020-08-31",
    end: "2021-07-31",
    patches: dated(
      "1:2020-05-11 2:2020-05-11 4:2020-06-29 6:2020-07-27 8:2020-08-31 10:2020-10-26 14:2021-01-25 17:2021-04-05 19:2021-05-20",
    ),
  },
  {
    minor: "1.19",
    preview: "2020-09-21",
    available: "2020-11-16",
    end: "2022-02-10",
    patches: dated("0:2020-09-21 1:2020-10-12 3:2020-11-16 6:2021-01-25 7:2021-02-01 9:2021-04-05 11:2021-05-20 13:2021-08-19"),
  },
  {
    minor: "1.20",
    preview: "2021-02-01",
    available: "2021-04-05",
    end: "2022-04-07",
    patches: dated("2:2021-02-01 5:2021-04-05 7:2021-05-20 9:2021-08-19 13:2021-12-09 15:2022-02-06"),
  },
  {
    // The CHANGELOG says that it became available from 2021-07-19 on; westus2 still called it a preview on 2021-07-22.
    minor: "1.21",
    preview: "2021-05-20",
    available: "2021-07-26",
    end: "2022-07-31",
    patches: dated("1:2021-05-20 2:2021-08-19 7:2021-12-09 9:2022-02-06 14:2022-07-03"),
  },
  {
    minor: "1.22",
    preview: "2021-09-30",
    available: "2021-12-09",
    end: "2022-12-04",
    patches: dated("1:2021-09-30 2:2021-10-21 4:2021-12-09 6:2022-02-06 11:2022-07-03 15:2022-09-25"),
  },
  {
    minor: "1.23",
    preview: "2022-02-06",
    available: "2022-04-24",
    end: "2023-04-02",
    patches: dated("3:2022-02-06 5:2022-04-24 8:2022-07-03 12:2022-09-25 15:2023-01-29"),
  },
  {
    minor: "1.24",
    preview: "2022-05-29",
    available: "2022-08-07",
    end: "2023-07-30",
    patches: dated("0:2022-05-29 3:2022-08-07 6:2022-09-25 9:2022-12-04 10:2023-02-26 15:2023-07-02"),
  },
  {
    minor: "1.25",
    preview: "2022-10-23",
    available: "2022-12-04",
    end: "2024-01-14",
    patches: dated("2:2022-10-23 4:2022-12-04 5:2023-01-22 6:2023-03-05 11:2023-07-30 15:2023-10-29"),
  },
  {
    minor: "1.26",
    preview: "2023-02-12",
    available: "2023-04-09",
    end: "2024-04-11",
    patches: dated("0:2023-02-12 3:2023-04-09 6:2023-07-30 10:2023-10-29"),
  },
  {
    minor: "1.27",
    preview: "2023-06-11",
    available: "2023-07-30",
    end: "2024-07-31",
    longTermEnd: "2025-07-31",
    patches: dated(
      "1:2023-06-11 3:2023-07-30 7:2023-11-05 9:2024-02-26 13:2024-06-09 14:2024-06-27 15:2024-07-16 16:2024-08-05 " +
        "100:2024-10-25 101:2025-01-06 102:2025-02-20",
    ),
  },
  {
    minor: "1.28",
    preview: "2023-09-03",
    available: "2023-11-05",
    end: "2025-01-30",
    longTermEnd: "2026-03-05",
    patches: dated(
      "0:2023-09-03 3:2023-11-05 5:2024-02-26 9:2024-05-13 10:2024-06-27 11:2024-07-16 12:2024-08-05 13:2024-09-18 14:2024-10-25",
    ),
  },
  {
    minor: "1.29",
    preview: "2024-02-07",
    available: "2024-03-17",
    end: "2025-03-31",
    longTermEnd: "2026-04-02",
    patches: dated(
      "0:2024-02-07 2:2024-03-17 4:2024-04-28 5:2024-06-27 6:2024-07-16 7:2024-08-05 8:2024-09-18 9:2024-10-25 11:2025-01-06 " +
        "12:2025-02-20 13:2025-02-20 15:2025-04-06",
    ),
  },
  {
    minor: "1.30",
    preview: "2024-06-09",
    available: "2024-07-16",
    end: "2025-07-31",
    longTermEnd: "2026-07-17",
    patches: dated(
      "0:2024-06-09 1:2024-07-16 2:2024-07-16 3:2024-08-05 4:2024-09-18 5:2024-10-25 7:2025-01-06 8:2025-02-20 9:2025-02-20 " +
        "11:2025-04-06 13:2025-08-08 14:2025-08-08",
    ),
  },
  {
    minor: "1.31",
    preview: "2024-10-06",
    available: "2024-11-15",
    end: "2025-11-01",
    longTermEnd: "2026-11-30",
    patches: dated("1:2024-10-06 2:2025-01-06 3:2025-01-06 4:2025-02-20 5:2025-02-20 7:2025-04-06 9:2025-06-17 10:2025-08-08"),
  },
  {
    minor: "1.32",
    preview: "2025-02-20",
    available: "2025-04-06",
    end: "2026-04-02",
    longTermEnd: "2027-03-31",
    patches: dated("0:2025-02-20 5:2025-06-17 6:2025-07-20 7:2025-08-29 10:2026-02-08 11:2026-03-05"),
  },
  {
    minor: "1.33",
    preview: "2025-04-27",
    available: "2025-06-17",
    end: "2026-07-17",
    longTermEnd: "2027-06-30",
    patches: dated(
      "2:2025-06-17 3:2025-08-29 5:2025-11-15 6:2026-02-08 7:2026-03-05 8:2026-04-02 9:2026-04-28 10:2026-04-28 11:2026-05-29 " +
        "12:2026-05-29 13:2026-07-17",
    ),
  },
  {
    minor: "1.34",
    preview: "2025-09-21",
    available: "2026-01-04",
    end: "2026-11-30",
    longTermEnd: "2027-11-30",
    patches: dated("1:2025-09-21 2:2026-02-08 3:2026-03-05 4:2026-04-02 5:2026-04-28 6:2026-04-28 7:2026-05-29 8:2026-05-29 9:2026-07-17"),
  },
  {
    minor: "1.35",
    preview: "2026-02-08",
    available: "2026-03-05",
    end: "2027-03-31",
    longTermEnd: "2028-03-31",
    patches: dated("1:2026-02-08 2:2026-04-28 3:2026-04-28 4:2026-05-29 5:2026-05-29 6:2026-07-17"),
  },
  {
    minor: "1.36",
    preview: "2026-05-29",
    available: "2026-06-19",
    end: "2027-06-30",
    longTermEnd: "2028-06-30",
    patches: dated("1:2026-05-29 2:2026-07-17"),
  },
];

/** The last day that the table knows of: what is asked about later days is answered as of it. Source: Azure/AKS CHANGELOG. */
export const LAST_DAY = "2026-08-07";
