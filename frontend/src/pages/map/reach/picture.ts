/** The map as it stands with the legend of the reach map below it, as a PNG. */
import { FONT } from "@/lib/shapes";
import { TEXT } from "@/map/palette";

export interface Entry {
  colour: string;
  text: string;
}

const LINE = 22;

/** Draw title and classes under a picture of the map, at its own scale. */
export async function withLegend(map: Blob, title: string, entries: Entry[]): Promise<Blob> {
  const image = await createImageBitmap(map);
  const scale = Math.max(1, image.width / 900);
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height + (entries.length + 2) * LINE * scale;
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#FFFFFF";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0);
  context.translate(0, image.height);
  context.scale(scale, scale);
  context.fillStyle = TEXT.main;
  context.font = `600 14px ${FONT}`;
  context.fillText(title, 10, LINE);
  context.font = `13px ${FONT}`;
  entries.forEach(({ colour, text }, i) => {
    const y = (i + 2) * LINE;
    context.fillStyle = colour;
    context.fillRect(10, y - 11, 26, 12);
    context.strokeStyle = TEXT.main;
    context.strokeRect(10, y - 11, 26, 12);
    context.fillStyle = TEXT.main;
    context.fillText(text, 44, y);
  });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}
