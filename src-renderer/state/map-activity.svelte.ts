/** What the map is busy with, for those who wait until it stands. */
export class MapActivity {
  /** tiles on their way */
  loading = $state(0);
}
