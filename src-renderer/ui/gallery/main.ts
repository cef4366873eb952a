// The kit on one page, for its makers: `npx vite src-renderer/ui/gallery`. It is not part of the built window.
import "../../styles/index.css";
import { mount } from "svelte";
import Gallery from "./Gallery.svelte";

const target = document.querySelector("#app");
if (target) mount(Gallery, { target });
