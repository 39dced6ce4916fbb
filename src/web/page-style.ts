// Style of the landing page: one column on a phone, follows the light or dark scheme of the reader.
export const pageStyle = `:root { color-scheme: light dark; --ink: #1a2230; --dim: #5a6678; --paper: #fff; --card: #f2f5f9; --line: #d5dce6; --good: #146c3a; --bad: #a8201a; --warn: #8a5a00; --link: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --dim: #9aa7ba; --paper: #10151d; --card: #1a222e; --line: #303b4b; --good: #5fd38d; --bad: #ff8a80; --warn: #f0b94d; --link: #7ab8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; font: 16px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; margin: 0; }
h1 small { font-weight: normal; color: var(--dim); font-size: 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .5rem; }
header p { margin: .3rem 0; color: var(--dim); }
a { color: var(--link); }
.pill { display: inline-block; padding: .05rem .6rem; border-radius: 1rem; border: 1px solid currentColor; font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.trouble { color: var(--bad); padding-left: 1.2rem; } .trouble:empty { display: none; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem; margin: 0; }
.cards div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.cards dt { color: var(--dim); font-size: .85rem; }
.cards dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.cards dd small { display: block; font-size: .8rem; color: var(--dim); }
label { display: block; color: var(--dim); margin-bottom: .3rem; }
.row { display: flex; gap: .5rem; }
input, button { font: inherit; padding: .5rem .7rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--card); color: var(--ink); }
input { flex: 1; min-width: 0; } button { cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--dim); font-weight: 600; }
td { overflow-wrap: anywhere; }
td:first-child, td:last-child { white-space: nowrap; }
td:nth-child(2) { min-width: 8.5rem; }
td button { padding: .1rem .4rem; font: .85rem ui-monospace, monospace; }
.told { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem; margin-top: .7rem; }
.told h3 { margin: 0 0 .3rem; font-size: 1rem; overflow-wrap: anywhere; }
.told dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .8rem; margin: 0; }
.told dt { color: var(--dim); } .told dd { margin: 0; overflow-wrap: anywhere; }
footer { margin: 2rem 0 1rem; color: var(--dim); } footer > * { margin-right: 1rem; }
`;
