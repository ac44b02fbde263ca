import { environmentOf as cliEnvironment } from "../../src/cli/environment/environment.ts";
import { POOL_TEMPLATE, TOLERANT_POD as POD } from "../../src/cli/tour/files.ts";
import { type PoolRow as Row, poolTable as table } from "../../src/cli/tour/pool-table.ts";

/** What `lido env` exports. */
export const environmentOf = cliEnvironment;
/** The article's template and manifest, as the tour writes them. */
export const TEMPLATE = POOL_TEMPLATE;
export const TOLERANT_POD = POD;
/** A row of the article's tables of pools, and the text of such a table. */
export type PoolRow = Row;
export const poolTable = table;
