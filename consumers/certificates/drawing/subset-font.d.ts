declare module 'subset-font' {
  /** Makes a TrueType font of a font in any format, with the glyphs for a text and what they can be combined to. */
  export default function subsetFont(
    font: Buffer,
    text: string | undefined,
    options: {
      targetFormat: 'sfnt';
      /** Takes every glyph, and no text. */
      keepAllGlyphs?: true;
      variationAxes?: Record<string, number>;
    },
  ): Promise<Buffer>;
}
