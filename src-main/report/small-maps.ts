import type { EvaluateResult, Imagery } from "../../src-shared/domain/job.ts";
import { type LegendClass, rgbOf } from "../../src-shared/domain/legend.ts";
import { groundOf } from "./ground.ts";
import { type Html, html } from "./html.ts";
import { subsetTitle } from "./inputs.ts";
import { mapSvg } from "./map-figure.ts";
import { score } from "./numbers.ts";
import { encodePicture, pngUri } from "./picture.ts";

const frame = { width: 220, height: 220 };

/** What the model shows of one place with each set of its inputs, each with its macro F1; nothing where no small maps were drawn. */
export function smallMapsOf(
  { smallMaps, subsets }: EvaluateResult,
  { imagery, legend }: { readonly imagery: Imagery; readonly legend: readonly LegendClass[] },
): Html | false {
  if (!smallMaps || smallMaps.maps.length < 2) return false;
  const { area, maps } = smallMaps;
  const ground = groundOf(area);
  const named = new Map(legend.map(({ name, color }) => [name, color]));
  const colors = new Map(
    subsets[0]?.classes.flatMap(({ code, name }) =>
      named.has(name) ? [[code, rgbOf(named.get(name)!)] as const] : [],
    ),
  );
  const figures = maps.flatMap(({ modalities, classes }) => {
    const values = new Uint8Array(Buffer.from(classes, "base64"));
    // A project is untrusted data: a picture of another size is left out.
    if (values.length !== area.width * area.height) return [];
    const valid = values.map((value) => (value > 0 ? 1 : 0));
    const picture = encodePicture({ width: area.width, height: area.height, values, valid }, (code) =>
      colors.get(code),
    );
    const title = subsetTitle(modalities, imagery);
    const own = subsets.find((subset) => subset.modalities.join() === modalities.join());
    const image = { uri: pngUri(picture), description: `Map with ${title}`, pixelated: true };
    return [
      html`<figure>
<figcaption>${title}${own && html` <small>macro F1 ${score(own.macroF1)}</small>`}</figcaption>
${mapSvg(image, ground, frame)}
</figure>
`,
    ];
  });
  return html`<h3>With each input</h3>
<div class="small-maps">${figures}</div>
<p class="note">The same model over one place of ${area.width} × ${area.height} patches, with all inputs and with each alone: what changes from one map to the next is what the other inputs tell.</p>`;
}
