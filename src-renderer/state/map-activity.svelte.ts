/** What the map works on. The map counts its tiles here; the time line and the sign of loading wait for them. */
export class MapActivity {
  /** tiles on their way */
  loading = $state(0);

  /** So many more tiles are on their way, or fewer. What arrives after the map was left, which set 0, takes none away. */
  count(change: number): void {
    this.loading = Math.max(0, this.loading + change);
  }
}
