/** What UXP gives to `require` and has no types of its own here. */

declare module "uxp" {
  export const storage: any;
  export const host: { version: string };
}

declare module "premierepro" {
  const ppro: import("@adobe/premierepro").premierepro;
  export = ppro;
}
