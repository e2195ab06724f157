/** What every page looks like: one readable column, on a phone too, in light or dark as the reader's device is. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #16191d; --quiet: #545b64; --line: #c9ced5; --panel: #f3f5f7;
  --link: #0b5cad; --button: #0a6b46; --button-dark: #07503a; --button-ink: #ffffff;
  --fault: #b3231b; --focus: #ffb700;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --ink: #eceff2; --quiet: #a9b1ba; --line: #444c56; --panel: #1f242a;
    --link: #7db8f5; --button: #4cc38a; --button-dark: #7ad7a9; --button-ink: #0c1410;
    --fault: #ff8f85; --focus: #ffd45c;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1.125rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
}
main { max-width: 42rem; margin: 0 auto; padding: clamp(1.5rem, 6vw, 4rem) 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 1.25rem; font-size: clamp(1.6rem, 5vw, 2.2rem); line-height: 1.2; text-wrap: balance; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.35rem; line-height: 1.3; }
p, ul, ol, dl, table, pre { margin: 0 0 1.25rem; }
p { text-wrap: pretty; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.quiet { color: var(--quiet); font-size: 1rem; }
.panel { margin: 0 0 1.5rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--panel); }
.panel > :last-child { margin-bottom: 0; }
dt { color: var(--quiet); font-size: 1rem; }
dd { margin: 0 0 .75rem; }
form { margin: 0 0 1.5rem; }
label { display: block; margin: 0 0 .25rem; font-weight: 600; }
input:not([type="hidden"]) {
  display: block; width: 100%; max-width: 26rem; margin: 0 0 1.25rem; padding: .55rem .7rem;
  border: 2px solid var(--quiet); border-radius: .3rem; background: var(--ground); color: var(--ink); font: inherit;
}
input[aria-invalid="true"] { border-color: var(--fault); }
.fault { margin: 0 0 .5rem; color: var(--fault); font-weight: 600; }
button, .button {
  display: inline-block; padding: .7rem 1.4rem; border: 2px solid transparent; border-radius: .3rem;
  background: var(--button); color: var(--button-ink); font: inherit; font-weight: 600; line-height: 1.3;
  text-decoration: none; cursor: pointer;
}
button:hover, .button:hover { background: var(--button-dark); }
@media (max-width: 30rem) { button, .button { width: 100%; text-align: center; } }
@media (forced-colors: active) { button, .button { border-color: ButtonText; } }
@media print { body { background: #ffffff; color: #000000; } }
`;
