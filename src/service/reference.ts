/** The reference as a page: every route of the OpenAPI document, without a script or anything from elsewhere. */

interface Described {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Content }>
  >;
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface OpenApi {
  readonly info?: { readonly title?: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!);
/** Words in backquotes as code. */
const prose = (text: string): string => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");
const slug = (method: string, path: string): string => `${method}${path}`.replace(/\W+/g, "-");

/** A page that shows an OpenAPI document to people. */
export function referencePage(document: object): string {
  const { info, paths, components } = document as OpenApi;
  const title = escaped(info?.title ?? "API");
  const routes = Object.entries(paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({ method: method.toUpperCase(), path, route })),
  );
  const problems = new Map(
    routes.flatMap(({ route }) => Object.entries(route.responses ?? {}).filter(isProblem)),
  );
  const contents = routes.map(
    ({ method, path, route }) =>
      `<li><a href="#${slug(method, path)}"><code>${method} ${escaped(path)}</code></a> ${prose(route.summary ?? "")}</li>`,
  );
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `<section id="schema-${name}"><h3>${name}</h3>${fieldsOf(schema)}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} reference</title><style>${style}</style></head>
<body><main><h1>${title} reference</h1><p>${prose(info?.description ?? "")}</p>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a>.</p>
<nav aria-label="Requests"><ul>${contents.join("")}</ul></nav>
${routes.map(({ method, path, route }) => routeOf(method, path, route)).join("\n")}
<section id="refused"><h2>Whatever is refused</h2><p>Any request may be answered with one of these, and a <a href="#schema-Problem">Problem</a>.</p>
<table>${answersOf([...problems])}</table></section>
<h2>Documents</h2>
${schemas.join("\n")}
</main></body></html>
`;
}

type Answer = readonly [string, NonNullable<Described["responses"]>[string]];

const isProblem = ([, { content }]: Answer): boolean =>
  content !== undefined && "application/problem+json" in content;

function routeOf(method: string, path: string, route: Described): string {
  const parameters = (route.parameters ?? []).map(({ name, in: where, required = false, schema = {} }) =>
    row(name, `${typeOf(schema)}, ${where === "path" ? "in the path" : `in the ${where}`}`, required, schema),
  );
  const answers = Object.entries(route.responses ?? {}).filter((answer) => !isProblem(answer));
  const body = route.requestBody === undefined ? "" : `<p>Body: ${typesOf(route.requestBody.content)}</p>`;
  return `<section id="${slug(method, path)}"><h2><code>${method} ${escaped(path)}</code></h2><p><strong>${prose(route.summary ?? "")}</strong></p>
<p>${prose(route.description ?? "")}</p>
${parameters.length === 0 ? "" : `<table><caption>Parameters</caption>${parameters.join("")}</table>`}
${body}<table><caption>Answers</caption>${answersOf(answers)}</table></section>`;
}

const answersOf = (answers: readonly Answer[]): string =>
  answers
    .map(([status, { description = "", content }]) => {
      const types = isProblem([status, { content: content ?? {} }]) ? "" : typesOf(content);
      return `<tr><th scope="row">${status}</th><td>${prose(description)}</td><td>${types}</td></tr>`;
    })
    .join("");

/** The types of a body, with links to the documents that they are. */
const typesOf = (content: Content = {}): string =>
  Object.entries(content)
    .map(([type, { schema = {} }]) => {
      const what = typeOf(schema);
      return `<code>${escaped(type)}</code>${what === "string" ? "" : ` ${what}`}`;
    })
    .join(", ");

/** What a schema is, in a word or two. */
function typeOf(schema: Schema): string {
  const named = /#\/components\/schemas\/(\w+)/.exec(schema.$ref ?? "")?.[1];
  if (named !== undefined) return `<a href="#schema-${named}">${named}</a>`;
  if (schema.const !== undefined) return `<code>${escaped(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined)
    return schema.enum.map((each) => `<code>${escaped(String(each))}</code>`).join(" or ");
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  return [schema.type ?? "object"].flat().join(" or ");
}

/** The fields of an object as a table. */
function fieldsOf({ properties = {}, required = [], description = "" }: Schema): string {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const inner = schema.items?.properties === undefined ? schema : schema.items;
    const nested = inner.properties === undefined ? "" : fieldsOf(inner);
    return row(name, typeOf(schema), required.includes(name), schema, nested);
  });
  return `<p>${prose(description)}</p><table>${rows.join("")}</table>`;
}

const row = (name: string, type: string, required: boolean, schema: Schema, nested = ""): string =>
  `<tr><th scope="row"><code>${escaped(name)}</code></th><td>${type}${required ? "" : ", may be left out"}</td><td>${prose(schema.description ?? "")}${nested}</td></tr>`;

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0}main{max-width:52rem;margin:0 auto;padding:1rem}
section{border-top:1px solid color-mix(in srgb,currentColor 25%,transparent);padding:.5rem 0}
code{overflow-wrap:anywhere}nav ul{list-style:none;padding:0}nav li{padding:.15rem 0}
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}caption{text-align:left;font-weight:600}
td,th{text-align:left;font-weight:normal;border-top:1px solid color-mix(in srgb,currentColor 15%,transparent);padding:.25rem .5rem;vertical-align:top}
h2{font-size:1.1rem}a{color:LinkText}`;
