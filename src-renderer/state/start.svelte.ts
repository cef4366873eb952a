/** State of the start screen: the recent projects, or the form of a new one. */
export class StartScreen {
  creating = $state(false);
}
