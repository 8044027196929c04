/** The part of fontkit that is used, its inner parts included: the published types leave those out. */
declare module 'fontkit' {
  /** Of a TrueType font: there are no cubic curves. */
  export type PathCommand = {
    command: 'moveTo' | 'lineTo' | 'quadraticCurveTo' | 'closePath';
    args: number[];
  };
  export type Path = { commands: PathCommand[] };
  export type Glyph = { path: Path; advanceWidth: number; _getMetrics(): { leftBearing: number } };
  export type Subset = {
    glyf: Uint8Array[];
    loca: { offsets: number[] };
    hmtx: { metrics: { advance: number; bearing: number }[] };
    offset: number;
    /** Adds a glyph of the font to the subset's tables, and answers its place there. */
    _addGlyph(glyph: number): number;
  };
  export type Font = {
    postscriptName: string;
    unitsPerEm: number;
    getGlyph(id: number): Glyph;
    hasGlyphForCodePoint(codePoint: number): boolean;
    layout(text: string): { advanceWidth: number };
    createSubset(): Subset;
  };
  export function create(data: Uint8Array): Font | { fonts: Font[] };
}
