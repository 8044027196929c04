/** The package's own types say `require('bidi-js').default`, and there is none: the factory is what it exports. */
declare module 'bidi-js' {
  export type EmbeddingLevels = {
    levels: Uint8Array;
    paragraphs: { start: number; end: number; level: number }[];
  };
  export default function createBidi(): {
    getEmbeddingLevels(text: string, direction?: 'ltr' | 'rtl' | 'auto'): EmbeddingLevels;
    /** The class of a character, such as `AL`. */
    getBidiCharTypeName(character: string): string;
    /** The indices of a line's UTF-16 units from left to right. `end` is inclusive. */
    getReorderedIndices(text: string, levels: EmbeddingLevels, start: number, end: number): number[];
  };
}
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
