/** Local font files for the map's labels, by range of characters; one family name for all scripts. */
import latin from "@fontsource-variable/noto-sans/files/noto-sans-latin-wght-normal.woff2?url";
import latinExt from "@fontsource-variable/noto-sans/files/noto-sans-latin-ext-wght-normal.woff2?url";
import cyrillic from "@fontsource-variable/noto-sans/files/noto-sans-cyrillic-wght-normal.woff2?url";
import cyrillicExt from "@fontsource-variable/noto-sans/files/noto-sans-cyrillic-ext-wght-normal.woff2?url";
import arabic from "@fontsource-variable/vazirmatn/files/vazirmatn-arabic-wght-normal.woff2?url";

export const FAMILY = "OpenCorridor";

const FILES: [string, string[]][] = [
  [arabic, ["U+0600-06FF", "U+0750-077F", "U+200C-200D", "U+FB50-FDFF", "U+FE70-FEFC"]],
  [cyrillic, ["U+0400-045F", "U+0490-0491", "U+04B0-04B1", "U+2116"]],
  [cyrillicExt, ["U+0460-048F", "U+0492-04AF", "U+04B2-052F"]],
  [latinExt, ["U+0100-02BA", "U+1E00-1E9F", "U+1EF2-1EFF"]],
  [latin, ["U+0020-00FF", "U+2000-206F", "U+2212"]],
];

/** Addresses must be whole: the style is read in a worker that knows no page. */
export const FONT_FACES = {
  [FAMILY]: FILES.map(([url, ranges]) => ({
    url: new URL(url, document.baseURI).href,
    "unicode-range": ranges,
  })),
};
