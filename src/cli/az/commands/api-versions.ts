/** The api-version of az 2.45, the az whose grammar this is. */
export const CONTAINER_SERVICE = "2022-11-01";

/** The newest stable api-version that az 2.91 knows: it has members that {@link CONTAINER_SERVICE} lacks. */
export const CURRENT = "2026-04-01";
