// Starts the window: styles, commands, then the application into #app.
import "./styles/index.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { commands } from "./commands/index.ts";
import { language } from "./i18n/index.ts";
import { addCommands } from "./state/commands.ts";
import { offerNextSteps } from "./state/step-actions.ts";

language.choose("system");
addCommands(commands);
offerNextSteps();
const target = document.querySelector("#app");
if (!target) throw new Error("index.html has no #app");
target.replaceChildren();
mount(App, { target });
