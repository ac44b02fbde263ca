import type { User } from "../directory/model.ts";
import { html, type Html } from "./html.ts";
import { layOutPage, type Page } from "./layout.ts";

/** What the form asks, and for whom. */
export interface AccountForm {
  readonly title: string;
  readonly lead: Html;
  /** Path that the form is sent to. */
  readonly action: string;
  /** What shows that the form came from this page. */
  readonly mark: string;
  /** The request that the form answers, sealed; for the browser's sign-in. */
  readonly request?: string;
  /** Asks for the code of a device too, filled in with this. */
  readonly userCode?: string;
  readonly users: readonly User[];
  /** Whether the built-in user need not give a password: the browser runs on this machine. */
  readonly isLocal: boolean;
  readonly chosen?: string;
  readonly fault?: string;
  readonly formTargets?: readonly string[];
}

/** Accounts that are listed at most; with more, the name is typed. */
const MAX_LISTED = 50;

/** The page on which a person says who they are. */
export function accountPage(form: AccountForm): Page {
  const { title, lead, action, mark, request, userCode, fault, formTargets = [] } = form;
  const body = html`<h1>${title}</h1>
    ${lead} ${fault === undefined ? "" : html`<div class="fault" role="alert">${fault}</div>`}
    <form method="post" action="${action}" autocomplete="off">
      <input type="hidden" name="mark" value="${mark}" />
      ${request === undefined ? "" : html`<input type="hidden" name="request" value="${request}" />`}
      ${userCode === undefined ? "" : html`<label class="field" for="user_code">Code</label><input class="code" type="text" id="user_code" name="user_code" value="${userCode}" maxlength="16" spellcheck="false" autocapitalize="characters" ${userCode === "" ? { html: "autofocus" } : ""} />`}
      ${accounts(form)}
      <div class="password">
        <label class="field" for="password">Password</label><input type="password" id="password" name="password" maxlength="256" />
      </div>
      <div class="buttons">
        <button type="submit" name="answer" value="cancel">Cancel</button
        ><button class="primary" type="submit" name="answer" value="continue">Continue</button>
      </div>
    </form>`;
  return layOutPage({ status: fault === undefined ? 200 : 400, title, body, formTargets });
}

/** The first button of a form is what Enter presses, so the order in the form is that of the page, and Enter continues. */
function accounts({ users, isLocal, chosen }: AccountForm): Html {
  const enter = html`<button type="submit" name="answer" value="continue" hidden></button>`;
  if (users.length > MAX_LISTED) {
    return html`${enter}<label class="field" for="username">Account</label
      ><input type="text" id="username" name="username" value="${chosen ?? ""}" maxlength="256" />`;
  }
  const wanted = chosen ?? users[0]?.userPrincipalName ?? "";
  const listed = users.map(({ userPrincipalName, displayName, isBuiltIn }) => {
    const marks = [isBuiltIn && isLocal ? 'class="open"' : "", userPrincipalName === wanted ? "checked" : ""].join(" ");
    const about = isBuiltIn && isLocal ? `${userPrincipalName} · no password needed` : userPrincipalName;
    return html`<label class="account"
      ><input type="radio" name="username" value="${userPrincipalName}" ${{ html: marks }} />
      <div>${displayName === userPrincipalName ? "" : html`<b>${displayName}</b>`}<span>${about}</span></div></label
    >`;
  });
  return html`${enter}
    <fieldset>
      <legend>Account</legend>
      <div class="accounts">${listed}</div>
    </fieldset>`;
}
