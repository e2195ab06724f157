/** What the API's page adds to every page's style. */
export const docsStyle = `
main { max-width: 52rem; }
h2 { margin-top: 3.5rem; padding-top: 1rem; border-top: 2px solid var(--line); }
h3 { margin: 0 0 .5rem; font-size: 1.3rem; line-height: 1.3; }
h4 { margin: 1.75rem 0 .5rem; font-size: 1.05rem; }
section { margin: 2.5rem 0 3.5rem; scroll-margin-top: 1rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; }
:not(pre) > code { padding: .1em .3em; border-radius: .25rem; background: var(--panel); }
pre {
  padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--panel);
  overflow-x: auto; overflow-wrap: normal; font-size: .95rem; line-height: 1.5;
}
nav ul { padding: 0; list-style: none; }
nav li { display: flex; flex-wrap: wrap; column-gap: .75rem; padding: .3rem 0; }
nav li code { padding: 0; background: none; color: var(--quiet); }
nav h2 { margin: 1.5rem 0 .25rem; padding: 0; border: 0; font-size: 1.1rem; }
.address { font-size: 1.05rem; }
.anchor { color: inherit; text-decoration: none; }
.anchor:hover { text-decoration: underline; }
.fields, .refusals { padding: 0; list-style: none; }
.fields > li, .refusals > li { padding: .75rem 0; border-top: 1px solid var(--line); }
.fields p { margin: .25rem 0 0; }
.name { font-weight: 600; }
.type { color: var(--quiet); font-size: .95rem; }
.mark { color: var(--fault); font-size: .9rem; }
.refusals span { display: block; }
details { margin: .5rem 0; }
details > :not(summary) { margin-left: 1rem; }
summary { padding: .25rem 0; color: var(--link); cursor: pointer; }
`;
