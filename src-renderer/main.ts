// Starts the window: styles, then the application into #app.
import "./styles/index.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { language } from "./i18n/index.ts";

language.choose("system");
const target = document.querySelector("#app");
if (!target) throw new Error("index.html has no #app");
target.replaceChildren();
mount(App, { target });
