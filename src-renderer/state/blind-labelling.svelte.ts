import type { BlindPlace, BlindPlaces, PlaceSeries } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import type { Layers } from "./layers.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";

const token = `areas.series ${crypto.randomUUID()}`;

/** A person answers the places of a sample, one after the other, and sees no map meanwhile. */
export class BlindLabelling {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #layers: Layers;
  sample = $state.raw<BlindPlaces | null>(null);
  position = $state(1);
  series = $state.raw<PlaceSeries | null>(null);
  reading = $state(false);
  /** why an answer could not be kept, or the curves not be read */
  error = $state.raw<unknown>(null);
  /** the newest question about curves */
  #turn = 0;

  constructor({ client, session, layers }: { client: Client; session: ProjectSession; layers: Layers }) {
    this.#client = client;
    this.#session = session;
    this.#layers = layers;
    $effect.root(() => {
      $effect(() => {
        void this.#session.folder;
        this.end();
      });
    });
  }

  readonly place = $derived.by((): BlindPlace | null => this.sample?.places[this.position - 1] ?? null);
  readonly open = $derived.by((): number => this.sample?.places.filter(({ answer }) => answer === null).length ?? 0);

  /** Hides every result and shows the first place without an answer. */
  async begin(id: number): Promise<void> {
    const sample = await this.#client.invoke("areas.places", { id });
    this.sample = sample;
    this.error = null;
    this.#layers.blind = true;
    this.#go(sample.places.find(({ answer }) => answer === null)?.position ?? 1);
  }

  /** Keeps the answer and goes to the next open place. What cannot be kept is open again, and said. */
  async answer(answer: number): Promise<void> {
    const { sample, place } = this;
    if (!sample || !place) return;
    const before = place.answer;
    this.#set(sample.id, place.position, answer);
    this.error = null;
    const { places } = this.sample!;
    const next =
      places.find((other) => other.position > place.position && other.answer === null) ??
      places.find((other) => other.answer === null);
    if (next) this.#go(next.position);
    try {
      await this.#client.invoke("areas.answer", { id: sample.id, position: place.position, answer });
    } catch (error) {
      this.#set(sample.id, place.position, before);
      if (this.sample?.id !== sample.id) return;
      this.error = error;
      this.#go(place.position);
    }
  }

  /** The place before, to look again or answer otherwise. */
  back(): void {
    if (this.sample && this.position > 1) this.#go(this.position - 1);
  }

  forward(): void {
    if (this.sample && this.position < this.sample.places.length) this.#go(this.position + 1);
  }

  /** Results are seen again. */
  end(): void {
    this.#turn++;
    this.sample = null;
    this.series = null;
    this.error = null;
    this.reading = false;
    this.#layers.blind = false;
  }

  #set(id: number, position: number, answer: number | null): void {
    const { sample } = this;
    if (sample?.id !== id) return;
    const places = sample.places.map((place) => (place.position === position ? { ...place, answer } : place));
    this.sample = { ...sample, places };
  }

  #go(position: number): void {
    this.position = position;
    void this.#read();
  }

  async #read(): Promise<void> {
    const { place } = this;
    if (!place) return;
    const turn = ++this.#turn;
    this.series = null;
    this.reading = true;
    try {
      const { x, y } = place;
      const { places } = await this.#client.invoke("inspect.series", { places: [{ kind: "point", x, y }], token });
      if (turn === this.#turn) this.series = places[0] ?? null;
    } catch (error) {
      // A question that was asked anew is stopped.
      if (turn === this.#turn) this.error = error;
    }
    if (turn === this.#turn) this.reading = false;
  }
}
