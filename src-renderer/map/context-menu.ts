import type { OpenedProject } from "../../src-shared/ipc/index.ts";
import { t } from "../i18n/index.ts";
import { commandOf, possible, run } from "../state/commands.ts";
import { askedByKeyboard, type MenuItem, openContextMenu } from "../ui/menu.ts";
import { notations } from "./coordinates.ts";
import { copyText } from "./copy-text.ts";
import { mapView } from "./index.ts";
import { writtenPlace } from "./written-place.ts";

/** The menu of a place on the map. */
export function openMapMenu(event: MouseEvent, _project: OpenedProject): void {
  const map = mapView.ol;
  if (!map || event.defaultPrevented) return;
  const [x, y] = askedByKeyboard(event) ? mapView.view.center : (map.getEventCoordinate(event) as [number, number]);
  const place = [x, y] as const;
  const zoom = (factor: number) => mapView.panTo(place, mapView.view.resolution / factor);
  const inspect = commandOf("map.inspect");
  const { left, top, width, height } = map.getViewport()!.getBoundingClientRect();
  const middle = new DOMRect(left + width / 2, top + height / 2, 0, 0);
  const items: readonly MenuItem[] = [
    {
      label: t("map.menu.copy"),
      icon: "copy",
      items: notations.map((notation) => {
        const text = writtenPlace(place, notation).replace("  ", notation === "project" ? " " : ", ");
        return { label: text, run: () => void copyText(text) };
      }),
    },
    "separator",
    ...(inspect && possible(inspect)
      ? [
          {
            label: t("map.menu.inspect"),
            icon: "target" as const,
            run: () => {
              void run(inspect);
              mapView.inspectAt(place);
            },
          },
        ]
      : []),
    { label: t("map.menu.center"), icon: "pan", run: () => mapView.panTo(place) },
    { label: t("map.menu.zoomIn"), icon: "zoom-in", run: () => zoom(2) },
    { label: t("map.menu.zoomOut"), icon: "zoom-out", run: () => zoom(0.5) },
  ];
  openContextMenu(event, items, middle);
}
