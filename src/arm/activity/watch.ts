import { renderRefusal, renderResponse, type WireAnswer } from "../door/answer.ts";
import type { Call } from "../door/call.ts";
import type { ArmPath, ArmRequest, ArmResponse } from "../provider.ts";
import { attemptOf } from "./attempt.ts";
import type { ActivityLog } from "./log.ts";

/** Notes a call from outside and how it was answered. */
export async function noting(
  log: ActivityLog,
  { call, clientIp }: { readonly call: Call; readonly clientIp: string },
  answer: () => Promise<WireAnswer>,
): Promise<WireAnswer> {
  const attempt = attemptOf({ ...call, path: pathOf(call), clientIp });
  if (attempt === undefined) return await answer();
  const end = log.begin(attempt);
  try {
    const answered = await answer();
    end(answered);
    return answered;
  } catch (error) {
    end(DEFECT);
    throw error;
  }
}

const DEFECT = { status: 500, headers: {}, text: "" };

function pathOf({ path, params }: Call): ArmPath {
  const { subscriptionId = "", group, namespace } = params;
  const segments =
    namespace !== undefined
      ? wordsBelow(path, "providers", namespace)
      : group !== undefined
        ? wordsBelow(path, "resourcegroups", group)
        : wordsBelow(path, "subscriptions", subscriptionId);
  return {
    subscriptionId,
    ...(group !== undefined && { resourceGroup: group }),
    ...(namespace !== undefined && { namespace }),
    segments,
  };
}

/** What follows a word of a kind in a path: also where the route does not leave the rest open, as in `…/register`. */
function wordsBelow(path: string, kind: string, name: string): readonly string[] {
  const words = path.split("/").filter((word) => word !== "");
  const at = words.findIndex((word, index) => decoded(word) === name && words[index - 1]?.toLowerCase() === kind);
  return words.slice(at + 1).map(decoded);
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

/** Notes the calls that deployments make, each as one of its own. */
export function notingCalls(log: ActivityLog, dispatch: (request: ArmRequest) => Promise<ArmResponse>): typeof dispatch {
  return async (request) => {
    const attempt = attemptOf(request);
    if (attempt === undefined) return await dispatch(request);
    const end = log.begin(attempt);
    try {
      const response = await dispatch(request);
      end(renderResponse(response));
      return response;
    } catch (error) {
      end(renderRefusal(error) ?? DEFECT);
      throw error;
    }
  };
}
