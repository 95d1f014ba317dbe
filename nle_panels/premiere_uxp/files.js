"use strict";

/** @import { Files } from "./exporting.js" */

/**
 * UXP's file access by absolute path, which needs the manifest's "fullAccess".
 *
 * @param {any} storage `require("uxp").storage`
 * @returns {Files}
 */
function filesOf({ localFileSystem }) {
  return {
    read: async (path) => (await either(path, (url) => localFileSystem.getEntryWithUrl(url))).read(),
    write: async (path, text) => {
      const entry = await either(path, (url) => localFileSystem.createEntryWithUrl(url, { overwrite: true }));
      await entry.write(text);
    },
  };
}

/**
 * Adobe's pages do not say whether a space in such a URL is to be escaped: "Application Support" has one.
 *
 * @template T
 * @param {string} path
 * @param {(url: string) => Promise<T>} get
 */
async function either(path, get) {
  const url = urlOf(path);
  try {
    return await get(url);
  } catch (error) {
    if (encodeURI(url) === url) {
      throw error;
    }
    return get(encodeURI(url));
  }
}

/**
 * "file:/Users/me/a" and "file:/C:/Users/me/a", as UXP writes them.
 *
 * @param {string} path
 */
function urlOf(path) {
  return "file:/" + path.replace(/\\/g, "/").replace(/^\//, "");
}

module.exports = { filesOf };
