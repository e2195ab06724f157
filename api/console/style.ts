import { pageStyle } from "../pages/style.ts";

/** What the console looks like: as plain as our other pages, wider, with room for tables. */
export const consoleStyle = `${pageStyle}
:root { --good: #0a6b46; --warn: #8a5a00; --tag: #e4e8ec; --chart-1: #0b5cad; --chart-2: #0a6b46; --chart-3: #8a5a00; --chart-4: #b3231b; --chart-fill: #0b5cad1f; }
@media (prefers-color-scheme: dark) {
  :root { --good: #4cc38a; --warn: #f0b849; --tag: #333a42; --chart-1: #7db8f5; --chart-2: #4cc38a; --chart-3: #f0b849; --chart-4: #ff8f85; --chart-fill: #7db8f52b; }
}
body { font-size: 1rem; line-height: 1.5; }
h1 { font-size: clamp(1.4rem, 4vw, 1.9rem); }
h2 { font-size: 1.2rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
main { max-width: none; margin: 0; padding: 1.5rem 1.25rem 4rem; min-width: 0; flex: 1 1 auto; }
main:focus { outline: none; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: .5rem; top: .5rem; z-index: 9; padding: .5rem 1rem; background: var(--ground); }
.top {
  display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; padding: .6rem 1.25rem;
  background: var(--panel); border-bottom: 1px solid var(--line);
}
.top .brand { font-weight: 700; color: var(--ink); text-decoration: none; font-size: 1.1rem; }
.top nav { flex: 1 1 auto; }
.top ul, .side ul { list-style: none; margin: 0; padding: 0; }
.top ul { display: flex; flex-wrap: wrap; gap: .1rem .9rem; }
.top a, .side a { text-decoration: none; padding: .2rem 0; display: inline-block; }
.top a:hover, .side a:hover { text-decoration: underline; }
[aria-current] { font-weight: 700; color: var(--ink); border-bottom: 3px solid var(--link); }
.who { display: flex; align-items: center; gap: .75rem; }
.who form { margin: 0; }
.columns { display: flex; align-items: flex-start; max-width: 90rem; margin: 0 auto; }
.column { max-width: 90rem; margin: 0 auto; display: flex; }
.side { flex: 0 0 13rem; padding: 1.5rem 0 1.5rem 1.25rem; }
.side-title { font-weight: 700; margin: 0 0 .5rem; overflow-wrap: anywhere; }
.side [aria-current] { border-bottom: 0; border-left: 3px solid var(--link); padding-left: .5rem; }
@media (max-width: 48rem) {
  .columns { display: block; }
  .side { padding: .75rem 1.25rem; border-bottom: 1px solid var(--line); }
  .side ul { display: flex; flex-wrap: wrap; gap: .1rem .9rem; }
}
.crumbs ol { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem; margin: 0 0 .75rem; padding: 0; color: var(--quiet); font-size: .9rem; }
.crumbs li + li::before { content: "/"; margin-right: .25rem; }
.notice { padding: .75rem 1rem; border-left: 5px solid var(--good); background: var(--panel); }
.warning { padding: .75rem 1rem; border-left: 5px solid var(--fault); background: var(--panel); }
.warning h2 { margin-top: 0; }
.warning { margin-bottom: 1.25rem; }
.faults { padding: .75rem 1rem; margin: 0 0 1.5rem; border: 3px solid var(--fault); }
.faults h2 { margin: 0 0 .5rem; }
.faults ul { margin: 0; padding-left: 1.2rem; }
.faults a { color: var(--fault); font-weight: 600; }
.scrolls { overflow-x: auto; margin: 0 0 1.5rem; }
table { border-collapse: collapse; width: 100%; margin: 0; font-size: .94rem; }
caption { text-align: left; font-weight: 700; padding: 0 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
thead th { white-space: nowrap; }
.number { font-variant-numeric: tabular-nums; }
th.number, td.number { text-align: right; }
th.number + th:not(.number), td.number + td:not(.number) { padding-left: 1rem; }
td time, td code { white-space: nowrap; }
th, td { overflow-wrap: break-word; }
main a, main code, main strong { unicode-bidi: isolate; }
.none, .empty, .hint, .quiet-text { color: var(--quiet); }
.hint { margin: 0 0 .35rem; font-size: .95rem; }
h1 + .hint { margin-bottom: 1rem; }
.tag { display: inline-block; padding: .05rem .5rem; border-radius: .25rem; background: var(--tag); color: var(--ink); font-size: .88rem; white-space: nowrap; margin-right: .25rem; }
.tag.good { box-shadow: inset 4px 0 0 var(--good); padding-left: .65rem; }
.tag.bad { box-shadow: inset 4px 0 0 var(--fault); padding-left: .65rem; }
.tag.warn { box-shadow: inset 4px 0 0 var(--warn); padding-left: .65rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin: 0 0 1.5rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.facts dt { font-size: .88rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13.5rem, 45%), 1fr)); gap: .75rem; margin: 0 0 1.5rem; padding: 0; list-style: none; }
.tile { border: 1px solid var(--line); border-radius: .4rem; padding: .7rem .9rem; background: var(--panel); }
.tile .figure { display: inline-block; margin-right: .4rem; font-size: 1.6rem; font-weight: 700; font-variant-numeric: tabular-nums; line-height: 1.2; }
.tile.bad { border-left: 5px solid var(--fault); }
.tile.warn { border-left: 5px solid var(--warn); }
.tile a { text-decoration: none; color: inherit; display: block; }
.tile a:hover .figure { text-decoration: underline; }
.tile-title { display: block; color: var(--quiet); }
.tile .hint { display: block; margin: .1rem 0 0; font-size: .9rem; }
.ranges [aria-current] { text-decoration: none; }
.ranges ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0 0 1rem; padding: 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; }
.split { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem; align-items: start; }
form.inline { display: inline-block; margin: 0; }
form.filter { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; }
form.filter .field { margin: 0; }
form.filter input, form.filter select { margin: 0; }
form.filter .field > input, form.filter .field > select { height: 2.65rem; }
.field { margin: 0 0 1.1rem; }
.field.faulty { border-left: 4px solid var(--fault); padding-left: .75rem; }
.field .fault { margin: 0 0 .25rem; }
fieldset { border: 0; padding: 0; margin: 0 0 1.1rem; min-width: 0; }
legend { font-weight: 600; padding: 0; margin: 0 0 .35rem; }
.choice { display: flex; gap: .5rem; align-items: baseline; }
.choice label { font-weight: 400; }
input:not([type="hidden"]):not([type="checkbox"]):not([type="radio"]), select, textarea {
  padding: .4rem .55rem; margin: 0; border: 2px solid var(--quiet); border-radius: .3rem;
  background: var(--ground); color: var(--ink); font: inherit;
}
input[type="checkbox"], input[type="radio"] { display: inline-block; width: auto; margin: 0; }
textarea { width: 100%; max-width: 44rem; font: .95rem/1.45 ui-monospace, SFMono-Regular, Menlo, monospace; }
select { max-width: 100%; }
button, .button { padding: .5rem 1.1rem; }
button.quiet, .button.quiet { background: var(--ground); color: var(--ink); border-color: var(--quiet); }
button.quiet:hover, .button.quiet:hover { background: var(--tag); }
button.danger, .button.danger { background: var(--ground); color: var(--fault); border-color: var(--fault); }
button.danger:hover { background: var(--tag); }
button.plain { background: none; border: 0; padding: .2rem 0; color: var(--link); font-weight: 400; text-decoration: underline; }
@media (max-width: 30rem) { button.plain, form.inline button, .who button { width: auto; } }
.faulty-cell { border-left: 4px solid var(--fault); padding-left: .6rem; min-width: 6rem; }
.faulty-cell .fault { margin: 0; }
.faults p { margin: .75rem 0 .25rem; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 0 0 1.5rem; }
.paging { display: flex; gap: 1.5rem; margin: 0 0 1.5rem; }
pre, code { font: .92em/1.45 ui-monospace, SFMono-Regular, Menlo, monospace; }
pre { overflow-x: auto; padding: .75rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: .3rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.secret { font-size: 1.05rem; user-select: all; }
.bubble { max-width: 26rem; padding: .7rem 1rem; margin: 0 0 .75rem; border-radius: 1rem 1rem 1rem .2rem; background: var(--panel); border: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
iframe.message { width: 100%; height: 32rem; border: 1px solid var(--line); background: #ffffff; }
.letter-page { max-width: 100%; height: auto; border: 1px solid var(--line); background: #ffffff; display: block; margin: 0 0 1rem; }
progress { width: 100%; max-width: 26rem; height: 1rem; accent-color: var(--button); }
.timeline { list-style: none; padding: 0; margin: 0 0 1.5rem; border-left: 3px solid var(--line); }
.timeline li { padding: 0 0 .8rem 1rem; position: relative; }
.timeline li::before { content: ""; position: absolute; left: -.45rem; top: .5rem; width: .6rem; height: .6rem; border-radius: 50%; background: var(--quiet); }
.differences { margin: 0; }
.differences dd { margin: 0 0 .25rem; }
figure { margin: 0 0 1.5rem; }
figcaption { font-weight: 700; margin: 0 0 .4rem; }
.chart .drawing svg, .map svg { max-width: 100%; height: auto; display: block; }
.chart .grid { stroke: var(--line); stroke-width: 1; }
.chart .mark { fill: var(--quiet); font-size: 12px; }
.chart .line { fill: none; stroke-width: 2; }
.chart .line-1 { stroke: var(--chart-1); }
.chart .line-2 { stroke: var(--chart-2); stroke-dasharray: 6 4; }
.chart .line-3 { stroke: var(--chart-3); stroke-dasharray: 2 3; }
.chart .line-4 { stroke: var(--chart-4); stroke-dasharray: 10 3 2 3; }
.chart .area { fill: var(--chart-fill); }
.legend b { display: inline-block; min-width: 2.5ch; font-variant-numeric: tabular-nums; }
.legend svg { display: inline-block; vertical-align: middle; }
.pointed { float: right; font-weight: 400; font-variant-numeric: tabular-nums; }
.chart summary { font-size: .9rem; color: var(--quiet); cursor: pointer; }
.legend { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: 0 .7rem; list-style: none; margin: .25rem 0 0; padding: 0; font-size: .9rem; }
.values { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 0 1rem; }
.preview { min-width: 0; }
.preview > h2 { margin-top: 0; }
.preview.old { opacity: .6; }
.preview.changed .printed { opacity: .4; }
mark.placeholder { background: #ffdf80; color: #0b0c0c; border-radius: .2rem; padding: 0 .15rem; }
.bubble.alert { border: 2px solid var(--fault); border-radius: .5rem; }
.counts { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 .75rem; padding: 0; }
.email-head { margin: 0 0 .75rem; }
.email-head div { display: flex; gap: .75rem; }
.email-head dt { flex: 0 0 5rem; }
.email-head dd { margin: 0 0 .25rem; overflow-wrap: anywhere; min-width: 0; }
.letter-words { background: #ffffff; color: #0b0c0c; border: 1px solid var(--line); padding: clamp(1rem, 5%, 3rem); margin: 0 0 1rem; max-width: 44rem; font-family: Helvetica, Arial, sans-serif; overflow-wrap: anywhere; }
.letter-top { display: flex; flex-wrap: wrap; gap: 1rem; justify-content: space-between; }
form details { margin: 0 0 1rem; }
.letter-address { color: #545b64; border: 1px dashed #8a929b; padding: .5rem .75rem 3rem; flex: 0 1 16rem; }
.letter-heading { font-weight: 700; font-size: 1.15rem; margin: 1.25rem 0 .5rem; }
.letter-code { border: 1px solid #8a929b; padding: .5rem; display: inline-block; }
.folders { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; margin: 0 0 1.25rem; padding: 0; }
.folder-mark { fill: var(--quiet); vertical-align: -.15rem; }
ul.cards { list-style: none; padding: 0; margin: 0 0 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); }
ul.cards .tile p { margin: 0 0 .5rem; }
.card-title { margin: 0 0 .25rem; font-size: 1.1rem; }
.card-title a, ul.cards .tile a { color: var(--link); text-decoration: underline; display: inline; }
.lines { white-space: pre-line; overflow-wrap: anywhere; }
td code.lines { white-space: pre-wrap; }
.meters { list-style: none; padding: 0; margin: 0 0 1.25rem; display: grid; gap: .75rem; }
.meters li { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; }
.meters label { flex: 0 0 17rem; max-width: 100%; font-weight: 400; margin: 0; }
.changes { white-space: pre-wrap; }
ins.added { text-decoration: underline; }
.removed { background: color-mix(in srgb, var(--fault) 18%, transparent); text-decoration: line-through; }
.added { background: color-mix(in srgb, var(--good) 22%, transparent); text-decoration: none; }
.filter-row { display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
.filter-row input { width: 6rem; }
.reach { margin: 0 0 .25rem; }
td .reach { margin: 0; }
.reach .hint { display: block; margin: .1rem 0 0; overflow-wrap: anywhere; }
@media print { .top, .side, .crumbs { display: none; } }
`;
