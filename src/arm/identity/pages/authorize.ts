import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { headersOf, pathOf, queryOf, send, textOf } from "../../door/exchange.ts";
import { requestIds } from "../../door/headers.ts";
import { type AuthorizeRequest, readAuthorizeRequest, RedirectError } from "../grants/authorize-request.ts";
import { findClient } from "../grants/client.ts";
import { OAuthError, oauthErrorBody } from "../oauth-error.ts";
import { FOREIGN_FORM, readAccount } from "./account.ts";
import { accountPage } from "./account-form.ts";
import { type PageOptions, sendPage } from "./device.ts";
import { html, type Html } from "./html.ts";
import { donePage, faultPage, layOutPage, type Page } from "./layout.ts";
import { isOwnForm, type Visitor, visitorOf } from "./visitor.ts";

/** How long a page waits for its answer, and an authorization code for its client. Source: v2-oauth2-auth-code-flow, "about 10 minutes". */
const PAGE_MS = 3_600_000;
const CODE_MS = 600_000;

interface SealedRequest {
  readonly use: "authorize";
  readonly untilMs: number;
  readonly asked: AuthorizeRequest;
}

/** Adds the page on which a person signs in to an application in the browser. @param authority Fails for a tenant that is not here. */
export function addAuthorizePage(
  app: FastifyInstance,
  path: string,
  options: PageOptions & { readonly authority: (request: FastifyRequest) => unknown },
): void {
  app.get(path, async (request, reply) => {
    const visitor = visitorOf(request, options);
    await answering(request, { reply, visitor, options }, async () => {
      options.authority(request);
      const asked = readAuthorizeRequest(queryOf(request), options.directory());
      const sealed: SealedRequest = { use: "authorize", untilMs: options.clock.now() + PAGE_MS, asked };
      sendPage(reply, signInForm(request, { visitor, options, sealed: options.sealing.seal(sealed), asked }), visitor);
    });
  });
  app.post(path, async (request, reply) => {
    const visitor = visitorOf(request, options);
    await answering(request, { reply, visitor, options }, () => answerForm(request, { reply, visitor, options }));
  });
}

interface Exchange {
  readonly reply: FastifyReply;
  readonly visitor: Visitor;
  readonly options: PageOptions;
}

/** A refusal goes back to the client when it is known where that is, else to the person. */
async function answering(request: FastifyRequest, { reply, visitor, options }: Exchange, answer: () => Promise<void>): Promise<void> {
  try {
    await answer();
  } catch (error) {
    if (!(error instanceof OAuthError) && !(error instanceof RedirectError)) throw error;
    const { requestId, correlationId } = requestIds(headersOf(request), options.random);
    const cause = error instanceof RedirectError ? error.refusal : error;
    const body = oauthErrorBody(cause, { traceId: requestId, correlationId, nowMs: options.clock.now() });
    const description = String(body.error_description);
    if (error instanceof OAuthError) sendPage(reply, faultPage("Sorry, but we're having trouble signing you in", description), visitor);
    else sendBack(reply, error.target, { error: cause.error, error_description: description });
  }
}

async function answerForm(request: FastifyRequest, { reply, visitor, options }: Exchange): Promise<void> {
  const form = new URLSearchParams(textOf(request) ?? "");
  const sealed = form.get("request") ?? "";
  const opened = options.sealing.open(sealed) as Partial<SealedRequest> | undefined;
  const isKnown = opened?.use === "authorize" && (opened.untilMs ?? 0) > options.clock.now();
  if (!isOwnForm(request, form, options.sealing) || !isKnown || opened.asked === undefined) {
    return sendPage(reply, faultPage("Please begin again", FOREIGN_FORM, 403), visitor);
  }
  const { asked } = opened;
  if (form.get("answer") === "cancel") {
    return sendBack(reply, asked, {
      error: "access_denied",
      error_description: "AADSTS65004: User declined to consent to access the app.",
    });
  }
  const directory = options.directory();
  const account = await readAccount(form, directory, visitor);
  if ("fault" in account) {
    const again = { visitor, options, sealed, asked, fault: account.fault, chosen: form.get("username") ?? "" };
    return sendPage(reply, signInForm(request, again), visitor);
  }
  const { userPrincipalName, objectId } = account.user;
  const { code } = await options.pending.begin({
    kind: "code",
    state: "approved",
    untilMs: options.clock.now() + CODE_MS,
    userName: userPrincipalName,
    ...asked.grant,
  });
  const clientInfo = Buffer.from(JSON.stringify({ uid: objectId, utid: directory.tenantId })).toString("base64url");
  sendBack(reply, asked, { code, ...(asked.wantsClientInfo ? { client_info: clientInfo } : {}), session_state: options.random.uuid() });
}

interface SignInForm {
  readonly visitor: Visitor;
  readonly options: PageOptions;
  readonly sealed: string;
  readonly asked: AuthorizeRequest;
  readonly fault?: string;
  readonly chosen?: string;
}

function signInForm(request: FastifyRequest, { visitor, options, sealed, asked, fault, chosen }: SignInForm): Page {
  const directory = options.directory();
  const { displayName } = findClient(directory, asked.grant.clientId);
  const hint = chosen ?? asked.loginHint;
  return accountPage({
    title: "Sign in",
    lead: html`<p>to continue to <strong>${displayName}</strong></p>`,
    action: pathOf(request),
    request: sealed,
    users: directory.users,
    mark: visitor.mark,
    isLocal: visitor.isLocal,
    formTargets: [new URL(asked.grant.redirectUri ?? visitor.baseUrl).origin],
    ...(hint === undefined ? {} : { chosen: hint }),
    ...(fault === undefined ? {} : { fault }),
  });
}

const SUBMIT = "document.forms[0].submit()";

/** Sends the browser back to the client, in the way it has asked for. */
function sendBack(reply: FastifyReply, { grant, state, responseMode }: AuthorizeRequest, answer: Readonly<Record<string, string>>): void {
  const members = { ...answer, ...(state === undefined ? {} : { state }) };
  const target = new URL(grant.redirectUri ?? "");
  if (responseMode === "form_post") {
    const fields: readonly Html[] = Object.entries(members).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    );
    const body = html`<h1>Signing in</h1>
      <form method="post" action="${target.href}">
        ${fields}
        <div class="buttons"><button class="primary">Continue</button></div>
      </form>`;
    const { status, headers, text } = layOutPage({ title: "Signing in", body, formTargets: [target.origin], script: SUBMIT });
    return send(reply, { status, headers: { ...headers }, text });
  }
  if (responseMode === "fragment") target.hash = new URLSearchParams(members).toString();
  else for (const [name, value] of Object.entries(members)) target.searchParams.set(name, value);
  const { headers, text } = donePage("Signing in", "The browser is sent back to the application.");
  send(reply, { status: 302, headers: { ...headers, Location: target.href }, text });
}
