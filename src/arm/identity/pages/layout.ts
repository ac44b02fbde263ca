import { digestOf, html, type Html } from "./html.ts";

/** A page and the headers without which it must not be sent. */
export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a page is made of. */
export interface PageParts {
  readonly status?: number;
  readonly title: string;
  readonly body: Html;
  /** Origins besides this one that a form of the page may end at: where the browser is sent back to. */
  readonly formTargets?: readonly string[];
  /** The one script that may run. */
  readonly script?: string;
}

const STYLE = `
:root { color-scheme: light dark; --ground: #eef4f7; --card: #fff; --ink: #16323f; --quiet: #5b7480; --line: #d5e1e7; --accent: #0b7a99; --accent-ink: #fff; --warn: #a3331f; --warn-ground: #fdeeea; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1b22; --card: #152a33; --ink: #e3eff4; --quiet: #93acb8; --line: #2b4653; --accent: #3bb4d6; --accent-ink: #06212b; --warn: #ffab97; --warn-ground: #3a201b; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { width: 100%; max-width: 440px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 36px 36px 30px; box-shadow: 0 12px 40px rgb(8 40 55 / 10%); }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 600; letter-spacing: .01em; color: var(--quiet); }
.brand svg { width: 30px; height: 30px; }
h1 { margin: 22px 0 6px; font-size: 24px; line-height: 1.25; font-weight: 650; }
p { margin: 0 0 18px; color: var(--quiet); }
p strong { color: var(--ink); font-weight: 600; }
label.field { display: block; margin: 0 0 6px; font-size: 14px; font-weight: 600; }
input[type=text], input[type=password] { width: 100%; padding: 11px 13px; margin: 0 0 18px; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 9px; }
input.code { font: 600 22px/1.2 ui-monospace, "SF Mono", Menlo, Consolas, monospace; letter-spacing: .16em; text-transform: uppercase; text-align: center; }
input:focus-visible, button:focus-visible, .account:focus-within { outline: 2px solid var(--accent); outline-offset: 1px; }
fieldset { border: 0; padding: 0; margin: 0 0 18px; }
legend { padding: 0; margin: 0 0 6px; font-size: 14px; font-weight: 600; }
.accounts { max-height: 286px; overflow-y: auto; border: 1px solid var(--line); border-radius: 9px; }
.account { display: flex; align-items: center; gap: 12px; padding: 11px 13px; cursor: pointer; }
.account + .account { border-top: 1px solid var(--line); }
.account input { accent-color: var(--accent); width: 17px; height: 17px; margin: 0; flex: none; }
.account b { display: block; font-weight: 600; line-height: 1.3; }
.account span { overflow-wrap: anywhere; }
.account b + span { font-size: 14px; color: var(--quiet); }
form:has(.account input.open:checked) .password { display: none; }
.buttons { display: flex; justify-content: flex-end; gap: 10px; margin-top: 6px; }
button { font: inherit; font-weight: 600; padding: 10px 22px; border-radius: 9px; border: 1px solid var(--line); background: transparent; color: inherit; cursor: pointer; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
.fault { margin: 0 0 18px; padding: 11px 13px; border-radius: 9px; color: var(--warn); background: var(--warn-ground); overflow-wrap: anywhere; }
h1 + .fault { margin-top: 16px; }
`;

const LOGO: Html = {
  html:
    '<svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="12" r="6" fill="#f4b740"/>' +
    '<path d="M2 20c3.5-3 7-3 10.500 0s7 3 10.500 0 5-2.600 7-2v6H2z" fill="#0b7a99"/><path d="M2 25c3.500-3 7-3 10.500 0s7 3 10.500 0 5-2.600 7-2v7H2z" fill="#3bb4d6"/></svg>',
};

/** A page in the program's own look, with nothing from elsewhere, which no other page can frame. */
export function layOutPage({ status = 200, title, body, formTargets = [], script }: PageParts): Page {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${{ html: `<style>${STYLE}</style>` }}
      </head>
      <body>
        <main>
          <div class="brand">${LOGO}<span>Lido</span></div>
          ${body}
        </main>
        ${script === undefined ? "" : { html: `<script>${script}</script>` }}
      </body>
    </html> `;
  const policy = [
    "default-src 'none'",
    `style-src ${digestOf(STYLE)}`,
    ...(script === undefined ? [] : [`script-src ${digestOf(script)}`]),
    `form-action ${["'self'", ...formTargets].join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    status,
    text: document.html,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": String(Buffer.byteLength(document.html)),
      "Content-Security-Policy": policy.join("; "),
      "Cache-Control": "no-store, no-cache",
      Pragma: "no-cache",
      "Referrer-Policy": "same-origin",
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "DENY",
    },
  };
}

/** A page that says why something did not work. */
export function faultPage(title: string, message: string, status = 400): Page {
  return layOutPage({
    status,
    title,
    body: html`<h1>${title}</h1>
      <div class="fault" role="alert">${message}</div>`,
  });
}

/** A page that says that all is done. */
export function donePage(title: string, message: string): Page {
  return layOutPage({
    title,
    body: html`<h1>${title}</h1>
      <p>${message}</p>`,
  });
}
