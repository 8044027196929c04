import type { Font } from 'fontkit';
import { simpleGlyph } from './glyph-outline.ts';

/**
 * Makes the subsets of a font from the outlines of its glyphs. fontkit copies glyphs byte by byte out of the file, which
 * goes wrong where they are composed of others in a compressed font (`é` of `e` and an accent): a RangeError at best.
 * Its own encoder for outlines does not run with the version of restructure that it depends on.
 */
export function subsetByOutlines(font: Font): Font {
  const createSubset = font.createSubset.bind(font);
  font.createSubset = () => {
    const subset = createSubset();
    subset._addGlyph = (id) => {
      const glyph = font.getGlyph(id);
      const bytes = simpleGlyph(glyph.path.commands);
      subset.glyf.push(bytes);
      subset.loca.offsets.push(subset.offset);
      subset.hmtx.metrics.push({
        advance: glyph.advanceWidth,
        bearing: glyph._getMetrics().leftBearing,
      });
      subset.offset += bytes.length;
      return subset.glyf.length - 1;
    };
    return subset;
  };
  return font;
}
