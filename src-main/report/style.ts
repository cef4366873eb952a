/** The look of a report, in the file itself. Two palettes by the reader's preference; paper is always light. */
export const style = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1b2026;--muted:#56606b;--rule:#d6dbe0;--rule-strong:#8a939d;--link:#1d5a9c;
--hit:38 108 178;--miss:214 110 30;--wash:#f5f7f8;
--s0:#2a6fb0;--s1:#c2570c;--s2:#2f7d4f;--s3:#8b4fa3;--s4:#8a6d00;--s5:#b02a4c}
@media screen and (prefers-color-scheme:dark){:root{--paper:#15181c;--ink:#e3e7eb;--muted:#9fa9b4;--rule:#333a42;--rule-strong:#6a747f;--link:#86b9ee;
--hit:64 132 204;--miss:206 112 40;--wash:#1c2126;
--s0:#6fb0ec;--s1:#f0954d;--s2:#6cc08d;--s3:#c795dd;--s4:#d6b84a;--s5:#f0839f}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif}
body{margin:0 auto;max-width:1280px;padding:48px 40px 64px;overflow-wrap:break-word}
h1{font-size:30px;line-height:1.2;font-weight:600;letter-spacing:-.01em;margin:0 0 10px;text-wrap:balance}
h2{font-size:20px;line-height:1.3;font-weight:600;margin:52px 0 16px;padding-top:14px;border-top:1px solid var(--rule-strong)}
h3{font-size:16px;line-height:1.35;font-weight:600;margin:30px 0 10px}
p{margin:0 0 12px;max-width:76ch}
a{color:var(--link);text-underline-offset:2px}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--link);outline-offset:2px}
small{font-size:12.5px;color:var(--muted);font-weight:400}
.abstract{font-size:17px;line-height:1.5;max-width:none;text-wrap:pretty}
.note,.empty,figcaption small{color:var(--muted)}
.note{font-size:13px;line-height:1.45;margin:8px 0 0;max-width:84ch}
.table .note{contain:inline-size;min-width:100%}
nav{margin:18px 0 0;font-size:14px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;margin:0;padding:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:20px 28px;margin:30px 0 0;padding:0}
.figures div{border-top:2px solid var(--ink);padding-top:8px}
.figures dt{font-size:13px;color:var(--muted)}
.figures dd{margin:0;font-size:25px;line-height:1.35;font-weight:500;font-variant-numeric:lining-nums tabular-nums}
.figures dd small{display:block;font-size:13px;line-height:1.4}
figure{margin:0 0 22px;min-width:0}
figcaption,caption{font-size:14px;font-weight:600;text-align:left;padding:0 0 8px;color:var(--ink)}
.table{margin:14px 0 26px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:14px;line-height:1.4;font-variant-numeric:lining-nums tabular-nums;min-width:min(100%,420px)}
th,td{padding:6px 10px;text-align:left;vertical-align:baseline;font-weight:400}
th:first-child,td:first-child{padding-left:0}
td:last-child,th:last-child{padding-right:2px}
thead tr:last-child>*{border-bottom:1px solid var(--rule-strong);vertical-align:bottom}
thead th{color:var(--muted);font-size:13px}
thead th small{display:block;font-size:12px;line-height:1.3}
tbody tr>*{border-bottom:1px solid var(--rule)}
tbody tr:last-child>*{border-bottom:1px solid var(--rule-strong)}
tbody th{min-width:110px;max-width:340px}
.number{text-align:right;white-space:nowrap}
thead .number{white-space:normal}
td small{margin-left:4px}
tr.total>*,td.total{font-weight:600}
tr.total>*{border-top:1px solid var(--rule-strong)}
strong{font-weight:650}
.bands{max-width:420px}
.named{display:block;position:relative;padding-left:20px;min-width:0}
.swatch{position:absolute;left:0;top:.28em;width:12px;height:12px;border-radius:2px;box-shadow:inset 0 0 0 1px rgb(0 0 0/.22);print-color-adjust:exact;-webkit-print-color-adjust:exact}
.swatch.unknown{background:repeating-linear-gradient(45deg,var(--muted) 0 2px,transparent 2px 4px)}
@media screen and (prefers-color-scheme:dark){.swatch{box-shadow:inset 0 0 0 1px rgb(255 255 255/.25)}}
.maps{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px 40px;align-items:start}
.maps figure{margin-bottom:8px}
.small-maps{display:flex;flex-wrap:wrap;gap:12px 24px}.small-maps figure{flex:0 1 220px;margin:0 0 8px}
.legend li{max-width:100%}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:3px 20px;margin:12px 0 0;padding:0;font-size:14px;line-height:1.4}
svg{display:block;width:100%;height:auto;overflow:visible;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
svg text{fill:var(--ink)}
.pixelated{image-rendering:pixelated}
.map{background:var(--wash);print-color-adjust:exact;-webkit-print-color-adjust:exact}
.frame{fill:none;stroke:var(--rule-strong)}
.over .plate{fill:#fff;fill-opacity:.88}
.over text{fill:#16191d;font-size:13px;font-weight:500}
.over .stroke{fill:none;stroke:#16191d;stroke-width:1.5}
.over .fill{fill:#16191d}
.ramp{margin-top:10px;font-size:13px;color:var(--muted)}
.ramp i{display:block;height:12px;border-radius:2px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.ramp span{display:flex;justify-content:space-between;margin-top:3px;font-variant-numeric:tabular-nums}
.pair{display:flex;flex-wrap:wrap;gap:0 48px;align-items:flex-start}
.pair>.table{max-width:100%}
.matrix td{border-bottom:1px solid var(--paper);border-right:1px solid var(--paper);min-width:54px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.matrix th.axis{font-weight:600;color:var(--ink);font-size:13px}
.matrix thead th[colspan]{text-align:center;border-bottom:1px solid var(--rule)}
.matrix .hit[style]{background:rgb(var(--hit)/calc(.1 + .42*var(--share)))}
.matrix .miss[style]{background:rgb(var(--miss)/calc(.08 + .5*var(--share)))}
.matrix .none{color:var(--muted)}
.matrix .hit{font-weight:600}
.matrix td:last-child,.matrix th.total{padding-left:14px}
.matrix .class-column{max-width:104px;padding-left:6px;min-width:64px}
.matrix tbody th,.matrix thead th.axis:first-child{position:sticky;left:0;background:var(--paper)}
.matrix.many{font-size:13px}
.matrix.many tbody th{max-width:190px}
.matrix.many td,.matrix.many th{padding:4px 7px}
.matrix.many td:first-child,.matrix.many th:first-child{padding-left:0}
.matrix.many td{min-width:44px}
.matrix.many .class-column{min-width:0;width:44px;vertical-align:bottom}
.matrix.many .class-column span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:170px;overflow-wrap:anywhere;display:inline-block;line-height:1.15;text-align:left}
details{border-top:1px solid var(--rule);padding:10px 0 2px}
.folded{border-bottom:1px solid var(--rule);margin-bottom:24px}
summary{cursor:pointer;padding:2px 0 8px;color:var(--link)}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:12px 40px}
.charts.single{grid-template-columns:minmax(0,1fr)}
.chart{display:flex;flex-direction:column}
.chart>svg{margin-top:auto}
.chart figcaption{padding-bottom:4px}
.chart figcaption small{margin-left:6px}
.lines{list-style:none;display:flex;flex-wrap:wrap;gap:0 18px;margin:0 0 6px;padding:0;font-size:13px}
.lines li{display:flex;align-items:center;gap:6px}
.lines svg{width:22px;height:8px;flex:none}
.grid{stroke:var(--rule);fill:none}
.axis-line{stroke:var(--rule-strong);fill:none}
.tick,.axis-label{fill:var(--muted)!important}
.line{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
.line.faint{opacity:.32;stroke-width:1}
.line.dashed{stroke-dasharray:5 4}
.s0{stroke:var(--s0)}.s1{stroke:var(--s1)}.s2{stroke:var(--s2)}.s3{stroke:var(--s3)}.s4{stroke:var(--s4)}.s5{stroke:var(--s5)}
.dot{stroke-width:3}
.timeline{margin:24px 0 18px}
.base{stroke:var(--rule)}
.date{stroke-width:1.4;fill:none}
.remarks{margin:0;padding-left:18px;font-size:14px}
.remarks li{margin-bottom:6px;max-width:100ch}
.phases{width:100%}
.phases tbody th{white-space:normal}
.phases .bar{width:52%;padding-right:0}
.bar span{display:block;height:10px;min-width:1px;background:var(--s0);print-color-adjust:exact;-webkit-print-color-adjust:exact}
.findings{padding:0;margin:0 0 14px;list-style:none}
.findings li{margin:0 0 6px;padding:8px 12px;max-width:92ch;border-left:4px solid var(--rule-strong);background:var(--wash)}
.findings .severe{border-left-color:#c62828}
.findings .caution{border-left-color:#b26a00}
.notes{padding-left:20px;margin:0}
.notes li{margin-bottom:6px;max-width:86ch}
footer{margin-top:56px;padding-top:12px;border-top:1px solid var(--rule);font-size:13px;color:var(--muted)}
@media screen and (max-width:900px){body{padding:28px 20px 48px}.maps,.charts{grid-template-columns:minmax(0,1fr)}}
@media print{@page{margin:15mm 14mm}html{font-size:9.5pt;line-height:1.45}body{max-width:none;padding:0}nav{display:none}
h1{font-size:19pt}h2{font-size:13pt;margin:24px 0 10px;padding-top:8px;break-after:avoid}h3{font-size:10.5pt;margin:14px 0 6px;break-after:avoid}
.abstract{font-size:11pt}.figures{grid-template-columns:repeat(auto-fit,minmax(108px,1fr));gap:12px 16px;margin-top:16px}.figures dd{font-size:14pt}.figures dt,.figures dd small{font-size:8pt}
figure,tr{break-inside:avoid}.scroll{overflow:visible}a,summary{color:inherit}.table{margin:8px 0 14px}
table,.legend,.remarks{font-size:8.5pt}th,td{padding:3px 6px}thead th,caption,figcaption{font-size:8.5pt}small,thead th small,.note,footer,.ramp,.lines{font-size:7.5pt}
.pair,.maps,.charts{gap:0 28px}.matrix td{min-width:0!important}.matrix .class-column{min-width:0;max-width:88px}.matrix.many{font-size:7pt}tbody th{min-width:0}
details::details-content{content-visibility:visible;height:auto}footer{margin-top:20px}}
`.trim();
