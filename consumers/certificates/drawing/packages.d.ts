/** The package's own types declare `require('bidi-js').default`, but it exports the factory itself. */
declare module 'bidi-js' {
  export type EmbeddingLevels = {
    levels: Uint8Array;
    paragraphs: { start: number; end: number; level: number }[];
  };
  export default function createBidi(): {
    getEmbeddingLevels(text: string, direction?: 'ltr' | 'rtl' | 'auto'): EmbeddingLevels;
    /** Returns the bidirectional class of a character, such as `AL`. */
    getBidiCharTypeName(character: string): string;
    /** Returns the indices of a line's UTF-16 units from left to right. `end` is inclusive. */
    getReorderedIndices(text: string, levels: EmbeddingLevels, start: number, end: number): number[];
  };
}
declare module 'subset-font' {
  /** Converts a font of any format to TrueType, with only the glyphs that a text and its ligatures need. */
  export default function subsetFont(
    font: Buffer,
    text: string | undefined,
    options: {
      targetFormat: 'sfnt';
      /** Keeps also the glyphs that the text does not need. */
      keepAllGlyphs?: true;
      variationAxes?: Record<string, number>;
    },
  ): Promise<Buffer>;
}
