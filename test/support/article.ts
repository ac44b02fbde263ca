import { environmentOf as cliEnvironment } from "../../src/cli/env.ts";
import { POOL_TEMPLATE, TOLERANT_POD as POD } from "../../src/cli/tour/files.ts";

/** What `lido env` exports. */
export const environmentOf = cliEnvironment;
/** The article's template and manifest, as the tour writes them. */
export const TEMPLATE = POOL_TEMPLATE;
export const TOLERANT_POD = POD;
