import "@fontsource-variable/noto-sans/wght.css";
import "@fontsource-variable/vazirmatn/wght.css";
import "virtual:tokens.css";
import "./theme/app.css";
import { mount } from "svelte";
import { router } from "./app/router.svelte";
import { language, readLang } from "./i18n/lang.svelte";
import App from "./App.svelte";

await language.change(readLang(router.params.lang));
mount(App, { target: document.getElementById("app")! });
