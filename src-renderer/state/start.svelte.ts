/** What the start screen shows: the recent projects, or the form of a new one. */
class StartScreen {
  creating = $state(false);
}

export const startScreen = new StartScreen();
