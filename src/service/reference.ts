/** The reference as a page: every route of the OpenAPI document, without a script or anything from elsewhere. */

interface Described {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: object;
  }[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Content }>
  >;
}
type Content = Readonly<Record<string, { readonly schema?: object }>>;

interface OpenApi {
  readonly info?: { readonly title?: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> };
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!);
const code = (value: unknown): string => `<pre>${escaped(JSON.stringify(value, null, 1))}</pre>`;
/** Words in backquotes as code. */
const prose = (text: string): string => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");

/** A page that shows an OpenAPI document to people. */
export function referencePage(document: object): string {
  const { info, paths, components } = document as OpenApi;
  const routes = Object.entries(paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => routeOf(method.toUpperCase(), path, route)),
  );
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `<section id="schema-${name}"><h3>${name}</h3>${code(schema)}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(info?.title ?? "API")} reference</title><style>${style}</style></head>
<body><main><h1>${escaped(info?.title ?? "API")} reference</h1><p>${prose(info?.description ?? "")}</p>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a>.</p>
${routes.join("\n")}
<h2>Documents</h2>
${schemas.join("\n")}
</main></body></html>
`;
}

function routeOf(method: string, path: string, route: Described): string {
  const parameters = (route.parameters ?? []).map(
    ({ name, in: where, required = false, schema }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${where}${required ? "" : ", may be left out"}</td><td>${code(schema)}</td></tr>`,
  );
  const answers = Object.entries(route.responses ?? {}).map(
    ([status, { description = "", content }]) =>
      `<tr><td>${status}</td><td>${escaped(description)}</td><td>${typesOf(content)}</td></tr>`,
  );
  return `<section><h2><code>${method} ${escaped(path)}</code></h2><p><strong>${prose(route.summary ?? "")}</strong></p>
<p>${prose(route.description ?? "")}</p>
${parameters.length === 0 ? "" : `<table><caption>Parameters</caption>${parameters.join("")}</table>`}
${route.requestBody === undefined ? "" : `<p>Body: ${typesOf(route.requestBody.content)}</p>`}
<table><caption>Answers</caption>${answers.join("")}</table></section>`;
}

/** The types of a body, with links to the documents that they are. */
const typesOf = (content: Content = {}): string =>
  Object.entries(content)
    .map(([type, { schema = {} }]) => {
      const name = /#\/components\/schemas\/(\w+)/.exec(JSON.stringify(schema))?.[1];
      return `<code>${escaped(type)}</code>${name === undefined ? "" : ` <a href="#schema-${name}">${name}</a>`}`;
    })
    .join(", ");

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0}main{max-width:52rem;margin:0 auto;padding:1rem}
section{border-top:1px solid color-mix(in srgb,currentColor 25%,transparent);padding:.5rem 0}
pre{overflow-x:auto;margin:0;font-size:.85rem}code{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}caption{text-align:left;font-weight:600}
td{border-top:1px solid color-mix(in srgb,currentColor 15%,transparent);padding:.25rem .5rem;vertical-align:top}
h2{font-size:1.1rem}a{color:LinkText}`;
