// Files on their way to the server: read, measured, and looked at beforehand.

import { el } from "./dom.js";
import { Refused } from "./wire.js";

/** `value` as JSON can carry it: files, also in lists, become {filename, content_type, base64}. */
export async function carried(value) {
  if (value instanceof File) return readFile(value);
  return Array.isArray(value) ? Promise.all(value.map(carried)) : value;
}

/** The same for an object of values. */
export async function allCarried(values) {
  const entries = Object.entries(values).map(async ([name, value]) => [name, await carried(value)]);
  return Object.fromEntries(await Promise.all(entries));
}

function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ filename: file.name, content_type: file.type, base64: reader.result.split(",")[1] ?? "" });
    reader.onerror = () => reject(new Refused(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
}

export const sizeText = (bytes) =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** A small look at a picture that is not sent yet; null for other files. */
export function lookAt(file, side = 160) {
  if (!file.type.startsWith("image/")) return null;
  const canvas = el("canvas", { width: side, height: side, class: "upload-look", "aria-hidden": "true" });
  createImageBitmap(file).then(
    (picture) => {
      const scale = Math.max(side / picture.width, side / picture.height);
      const [width, height] = [picture.width * scale, picture.height * scale];
      canvas.getContext("2d").drawImage(picture, (side - width) / 2, (side - height) / 2, width, height);
    },
    () => canvas.remove(), // it only calls itself a picture
  );
  return canvas;
}
