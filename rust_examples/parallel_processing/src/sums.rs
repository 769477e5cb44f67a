//! Sums that cannot overflow, on one core and on all of them.

use numpy::ndarray::{ArrayView1, Axis};

/// How many numbers are added in 64 bits: 2^13 of them, each
/// within ±2^48, stay within ±2^61.
const BLOCK: usize = 1 << 13;

/// A number is huge where it is not between −2^48 and 2^48 − 1.
const HALF: i64 = 1 << 48;

/// A piece this small is not worth the handing over to another core.
pub const PIECE: usize = 1 << 17;

/// The exact sum of `numbers`.
///
/// In 64 bits while nothing in a block is huge, which the processor adds several at a
/// time, and with both halves of the block at once, so that two parts of memory are on
/// their way. A block that holds something huge is added again, in 128 bits.
pub fn total(numbers: &[i64]) -> i128 {
    numbers.chunks(BLOCK).map(block_total).sum()
}

fn block_total(block: &[i64]) -> i128 {
    let (mut sum, mut bits) = (0_i64, 0_i64);
    let mut add = |number: i64| {
        sum = sum.wrapping_add(number);
        bits |= number.wrapping_add(HALF); // a huge number sets a high bit, which stays
    };
    let (left, right) = block.split_at(block.len() / 2);
    let (right, last) = right.split_at(left.len());
    for (&a, &b) in left.iter().zip(right) {
        add(a);
        add(b);
    }
    last.iter().copied().for_each(add);
    if (0..2 * HALF).contains(&bits) {
        return i128::from(sum);
    }
    block.iter().copied().map(i128::from).sum()
}

/// The exact sum of an array, whether its numbers lie side by side or not.
pub fn array_total(numbers: ArrayView1<'_, i64>) -> i128 {
    match numbers.as_slice() {
        Some(side_by_side) => total(side_by_side),
        None => numbers.iter().copied().map(i128::from).sum(),
    }
}

/// The exact sum of an array, on as many cores as the current pool has.
pub fn parallel_total(numbers: ArrayView1<'_, i64>) -> i128 {
    if numbers.len() <= PIECE {
        return array_total(numbers);
    }
    let (left, right) = numbers.split_at(Axis(0), numbers.len() / 2);
    let (left, right) = rayon::join(|| parallel_total(left), || parallel_total(right));
    left + right
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, HALF, array_total, parallel_total, total};
    use numpy::ndarray::{Array1, s};

    fn slowly(numbers: &[i64]) -> i128 {
        numbers.iter().copied().map(i128::from).sum()
    }

    #[test]
    fn the_widest_narrow_blocks_are_exact() {
        for number in [HALF - 1, HALF, -HALF, -HALF - 1] {
            let numbers = vec![number; BLOCK + 1];
            assert_eq!(total(&numbers), slowly(&numbers));
        }
    }

    #[test]
    fn a_huge_number_anywhere_leads_to_the_wide_way() {
        for huge in [i64::MIN, i64::MAX, -1, HALF, -HALF - 1] {
            for place in [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK] {
                let mut numbers = vec![i64::from(i32::MAX); 2 * BLOCK + 1];
                numbers[place] = huge;
                assert_eq!(total(&numbers), slowly(&numbers));
            }
        }
    }

    #[test]
    fn all_sums_agree_on_arrays_forwards_backwards_and_with_gaps() {
        let numbers: Array1<i64> = (0..400_000).map(|n| (n * 7919) % 10_007 - 5_000).collect();
        for view in [
            numbers.view(),
            numbers.slice(s![..;-1]),
            numbers.slice(s![3..;3]),
            numbers.slice(s![0..0]),
        ] {
            let expected: i128 = view.iter().copied().map(i128::from).sum();
            assert_eq!(array_total(view), expected);
            assert_eq!(parallel_total(view), expected);
        }
    }
}
