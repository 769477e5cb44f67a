//! What is done with pixels, in Rust alone.

use numpy::ndarray::{ArrayView3, ArrayViewMut3};

/// Add `by` to every value, and stop at 0 and 255.
pub fn lighten(mut pixels: ArrayViewMut3<'_, u8>, by: i16) {
    let amount = u8::try_from(by.unsigned_abs()).unwrap_or(u8::MAX);
    if by < 0 {
        pixels.map_inplace(|value| *value = value.saturating_sub(amount));
    } else {
        pixels.map_inplace(|value| *value = value.saturating_add(amount));
    }
}

/// Append how bright each pixel is, of red, green and blue, row by row.
pub fn append_shades(pixels: ArrayView3<'_, u8>, shades: &mut Vec<u8>) {
    for row in pixels.outer_iter() {
        if let Some(values) = row.as_slice() {
            let (pixels, _) = values.as_chunks();
            shades.extend(pixels.iter().copied().map(luma));
        } else {
            let pixels = row.outer_iter();
            shades.extend(pixels.map(|pixel| luma([pixel[0], pixel[1], pixel[2]])));
        }
    }
}

/// The luma of ITU-R BT.601, in 65536ths and rounded, as Pillow has it.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let [red, green, blue] = [red, green, blue].map(u32::from);
    let [_, whole, ..] = (19_595 * red + 38_470 * green + 7_471 * blue + 0x8000).to_be_bytes();
    whole
}

/// Whether two places of an array of single bytes may be the same byte:
/// never said of what slicing makes.
pub fn overlaps_itself(shape: &[usize], strides: &[isize]) -> bool {
    if shape.contains(&0) {
        return false;
    }
    let lengths = shape.iter().zip(strides);
    let mut axes: Vec<_> = lengths
        .map(|(&length, stride)| (stride.unsigned_abs(), length))
        .collect();
    axes.sort_unstable();
    let mut reach: usize = 0; // the furthest byte that the axes so far lead to
    axes.into_iter()
        .filter(|&(_, length)| length > 1)
        .any(|(stride, length)| {
            let overlaps = stride <= reach;
            reach = reach.saturating_add(stride.saturating_mul(length - 1));
            overlaps
        })
}

#[cfg(test)]
mod tests {
    use numpy::ndarray::{Array3, arr3, s};

    use super::*;

    #[test]
    fn values_stop_at_both_ends() {
        for (by, expected) in [
            (5, [5, 105, 255]),
            (-105, [0, 0, 145]),
            (i16::MIN, [0, 0, 0]),
        ] {
            let mut picture = Array3::from_shape_vec((1, 1, 3), vec![0, 100, 250]).unwrap();
            lighten(picture.view_mut(), by);
            assert_eq!(picture.into_raw_vec_and_offset().0, expected);
        }
    }

    #[test]
    fn only_the_crop_becomes_brighter() {
        let mut picture = Array3::zeros((4, 4, 3));
        lighten(picture.slice_mut(s![..;2, ..;-2, ..]), 1);
        assert_eq!(
            picture.iter().map(|&value| u32::from(value)).sum::<u32>(),
            12
        );
        assert_eq!(picture[[0, 1, 0]], 1);
    }

    #[test]
    fn white_stays_white_and_green_is_brighter_than_blue() {
        let picture = arr3(&[[[255, 255, 255], [0, 255, 0]], [[0, 0, 255], [0, 0, 0]]]);
        let mut shades = vec![7];
        append_shades(picture.view(), &mut shades);
        assert_eq!(shades, [7, 255, 150, 29, 0]);
        shades.clear();
        append_shades(picture.slice(s![.., ..;-1, ..]), &mut shades);
        assert_eq!(shades, [150, 255, 0, 29]);
    }

    #[test]
    fn only_what_can_meet_itself_overlaps() {
        assert!(!overlaps_itself(&[600, 512, 3], &[1536, 3, 1]));
        assert!(!overlaps_itself(&[300, 171, 3], &[-3072, 9, -1]));
        assert!(!overlaps_itself(&[1, 1, 1], &[0, 0, 0]));
        assert!(!overlaps_itself(&[0, 9, 3], &[0, 0, 0]));
        assert!(overlaps_itself(&[2, 1, 3], &[0, 3, 1]));
        assert!(overlaps_itself(&[2, 2, 3], &[3, 3, 1]));
        assert!(overlaps_itself(&[2, 2, 3], &[isize::MIN, isize::MIN, 1]));
    }
}
