import { codePointsOf } from './font-library.ts';
import { type Glyph, type Typeface, UNITS_PER_EM } from './typeface.ts';

const FLAG_SYMBOLIC = 4;
/**
 * The text of a glyph that represents no character alone, such as the second glyph of a letter. PDF/UA
 * requires a text for each glyph, so it is a zero-width space.
 */
const NOTHING = '\u200b';

/**
 * Embeds a TrueType font. The PDF's text operators refer to glyphs by their ids (a composite font with the
 * encoding Identity-H, ISO 32000-1, 9.7), and a map contains their texts (ToUnicode, 9.10.3).
 */
export function embedTypeface(document: PDFKit.PDFDocument, { bytes, font }: Typeface, name: string) {
  const texts = new Map<number, string>();
  const file = document.ref({ Length1: bytes.length });
  file.end(Buffer.from(bytes));
  const toUnicode = document.ref({});
  const baseFont = `${prefixOf(name)}+Certificate${name}`;
  const { ascender, descender } = font.hExtents();
  const descriptor = document.ref({
    Type: 'FontDescriptor',
    FontName: baseFont,
    Flags: FLAG_SYMBOLIC,
    FontBBox: boundingBox(tableOf(bytes, 'head')),
    ItalicAngle: 0,
    Ascent: ascender,
    Descent: descender,
    CapHeight: ascender,
    StemV: 80,
    FontFile2: file,
  });
  descriptor.end(undefined);
  const widths = glyphIds(tableOf(bytes, 'maxp')).map((id) => font.glyphHAdvance(id));
  const descendant = document.ref({
    Type: 'Font',
    Subtype: 'CIDFontType2',
    BaseFont: baseFont,
    CIDSystemInfo: { Registry: new String('Adobe'), Ordering: new String('Identity'), Supplement: 0 },
    FontDescriptor: descriptor,
    W: [0, widths],
    CIDToGIDMap: 'Identity',
  });
  descendant.end(undefined);
  const composite = document.ref({
    Type: 'Font',
    Subtype: 'Type0',
    BaseFont: baseFont,
    Encoding: 'Identity-H',
    DescendantFonts: [descendant],
    ToUnicode: toUnicode,
  });
  composite.end(undefined);

  /** Records a glyph's text once, and returns it: the character of `text` with this glyph, or `otherwise`. */
  const noted = (id: number, text: string, otherwise: string): string => {
    const own = codePointsOf(text).find((point) => font.nominalGlyph(point) === id);
    const known = texts.get(id) ?? (own === undefined ? otherwise : String.fromCodePoint(own));
    texts.set(id, known);
    return known;
  };
  return {
    /** Registers the typeface on the current page, and returns the name of the resource. */
    nameOnPage(): string {
      Object.assign(document.page.fonts, { [name]: composite });
      return name;
    },
    /**
     * Records the texts of a cluster's glyphs. `isPlain` says whether one glyph has the text of the cluster.
     */
    use(text: string, letters: Glyph[], marks: Glyph[]): { isPlain: boolean } {
      const read = letters.map(({ id }, at) => noted(id, text, at === 0 ? text : NOTHING));
      for (const { id } of marks) noted(id, text, NOTHING);
      return { isPlain: marks.length === 0 && read.length === 1 && read[0] === text };
    },
    finish: (): void => toUnicode.end(toUnicodeMap(texts)),
  };
}
export type EmbeddedTypeface = ReturnType<typeof embedTypeface>;

/** The format of the map: https://adobe-type-tools.github.io/font-tech-notes/pdfs/5411.ToUnicode.pdf */
function toUnicodeMap(texts: Map<number, string>): string {
  const lines = [...texts].map(([id, text]) => `<${glyphCode(id)}> <${utf16(text)}>`);
  const blocks = [];
  for (let at = 0; at < lines.length; at += 100) {
    const block = lines.slice(at, at + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${blocks.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`;
}

export function glyphCode(id: number): string {
  return id.toString(16).padStart(4, '0');
}

/** Returns UTF-16, big-endian, as hexadecimal digits. */
export function utf16(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex');
}

/** Returns six capital letters, which mean that the PDF does not contain all glyphs of the font. */
function prefixOf(name: string): string {
  return `SCHB${name
    .replaceAll(/\D/g, '')
    .padStart(2, '0')
    .replaceAll(/\d/g, (digit) => 'ABCDEFGHIJ'[Number(digit)] ?? 'A')}`;
}

/**
 * Returns a table of a TrueType font: https://learn.microsoft.com/en-us/typography/opentype/spec/otff.
 * HarfBuzz could read it too, but its JavaScript then never frees the font.
 */
function tableOf(bytes: Uint8Array, tag: 'head' | 'maxp'): DataView {
  const font = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = [...tag].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
  for (let at = 12; at < 12 + font.getUint16(4) * 16; at += 16) {
    if (font.getUint32(at) === name) {
      return new DataView(bytes.buffer, bytes.byteOffset + font.getUint32(at + 8), font.getUint32(at + 12));
    }
  }
  throw new Error(`The font has no table "${tag}"`);
}

/**
 * Returns xMin, yMin, xMax and yMax in thousandths of the font size. In `head`, they begin at byte 36, and
 * the units per em are at byte 18.
 */
function boundingBox(head: DataView): number[] {
  const unitsPerEm = head.getUint16(18);
  return [36, 38, 40, 42].map((at) => Math.round((head.getInt16(at) / unitsPerEm) * UNITS_PER_EM));
}

/** The number of glyphs is at byte 4 of the table `maxp`. */
function glyphIds(maxp: DataView): number[] {
  return [...Array(maxp.getUint16(4)).keys()];
}
