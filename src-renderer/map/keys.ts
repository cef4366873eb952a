import type OlMap from "ol/Map.js";

/** Pixels per arrow key, as much as QGIS moves on a common screen. */
const arrowStep = 120;

/** Keys belong to the map while it has the focus or nothing has; a field, a button or a dialog keeps its own. */
function mapHasKeys(target: Element): boolean {
  const { activeElement } = document;
  if (document.querySelector("dialog[open]")) return false;
  return !activeElement || activeElement === document.body || target.contains(activeElement);
}

/**
 * The keys of the map: arrows pan, + − PgUp PgDn zoom, Space with a moving pointer pans under any tool. They work when the
 * map has the focus or nothing has; a field, a list or a dialog keeps its keys.
 */
export function followKeys(map: OlMap, target: HTMLElement): () => void {
  let space = false;
  let last: readonly [number, number] | null = null;
  let moved = false;

  const pan = (dx: number, dy: number, duration: number) => {
    const view = map.getView();
    const resolution = view.getResolution();
    const center = view.getCenter();
    if (resolution === undefined || !center) return;
    const rotation = view.getRotation();
    const [x, y] = [dx * resolution, dy * resolution];
    const next = [
      center[0]! + x * Math.cos(rotation) - y * Math.sin(rotation),
      center[1]! + x * Math.sin(rotation) + y * Math.cos(rotation),
    ];
    if (duration === 0) view.setCenter(next);
    else view.animate({ center: next, duration });
  };
  const zoom = (factor: number) => {
    const view = map.getView();
    const resolution = view.getResolution();
    if (resolution === undefined) return;
    view.cancelAnimations();
    view.animate({ resolution: view.getConstrainedResolution(resolution / factor) ?? resolution, duration: 120 });
  };

  const down = (event: KeyboardEvent) => {
    if (!mapHasKeys(target) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? arrowStep / 6 : arrowStep;
    const steps: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => pan(-step, 0, 120),
      ArrowRight: () => pan(step, 0, 120),
      ArrowUp: () => pan(0, step, 120),
      ArrowDown: () => pan(0, -step, 120),
      "+": () => zoom(2),
      "=": () => zoom(2),
      "-": () => zoom(0.5),
      PageUp: () => zoom(2),
      PageDown: () => zoom(0.5),
    };
    if (event.key === " ") {
      space = true;
      event.preventDefault();
      return;
    }
    const act = steps[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const forget = () => {
    space = false;
    last = null;
    moved = false;
  };
  const up = (event: KeyboardEvent) => {
    if (event.key === " ") forget();
  };
  const move = (event: PointerEvent) => {
    if (!space) return;
    if (last) {
      pan(last[0] - event.clientX, event.clientY - last[1], 0);
      moved = true;
    }
    last = [event.clientX, event.clientY];
    if (moved) event.stopPropagation();
  };

  window.addEventListener("keydown", down);
  window.addEventListener("keyup", up);
  window.addEventListener("blur", forget);
  target.addEventListener("pointermove", move, true);
  return () => {
    window.removeEventListener("keydown", down);
    window.removeEventListener("keyup", up);
    window.removeEventListener("blur", forget);
    target.removeEventListener("pointermove", move, true);
  };
}
