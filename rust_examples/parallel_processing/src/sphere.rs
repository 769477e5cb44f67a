//! Which of some places on the Earth is nearest, by a k-d tree (J. L. Bentley, 1975).

/// A place as a point of three coordinates on a globe of radius 1.
pub type Point = [f64; 3];

/// Below so many places, looking at each is quicker than choosing between halves.
const LEAF: usize = 6;

/// Why a place is none.
#[derive(Debug, PartialEq)]
pub enum Nowhere {
    /// This latitude is not between −90 and 90.
    Latitude(f64),
    /// This longitude is not between −180 and 180.
    Longitude(f64),
}

impl std::fmt::Display for Nowhere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Latitude(degrees) => write!(f, "latitude {degrees} is not between -90 and 90"),
            Self::Longitude(degrees) => {
                write!(f, "longitude {degrees} is not between -180 and 180")
            }
        }
    }
}

/// The point at `latitude` and `longitude`, in degrees. Not a number is nowhere.
pub fn point(latitude: f64, longitude: f64) -> Result<Point, Nowhere> {
    if !(-90.0..=90.0).contains(&latitude) {
        return Err(Nowhere::Latitude(latitude));
    }
    if !(-180.0..=180.0).contains(&longitude) {
        return Err(Nowhere::Longitude(longitude));
    }
    let (up, out) = latitude.to_radians().sin_cos();
    let (east, ahead) = longitude.to_radians().sin_cos();
    Ok([out * ahead, out * east, up])
}

/// The square of the straight way between two points, which grows as
/// the way along the ground does.
fn apart(one: &Point, other: &Point) -> f64 {
    let [x, y, z] = [0, 1, 2].map(|axis| one[axis] - other[axis]);
    x * x + y * y + z * z
}

/// Places, each with its number, in the order of the tree: before the one in the middle
/// those that lie lower on the tree's axis, after it those that lie higher, and in both
/// halves likewise on the next axis.
pub struct Tree(Vec<(Point, isize)>);

impl Tree {
    /// A tree of these points, numbered from 0.
    pub fn new(points: impl IntoIterator<Item = Point>) -> Self {
        let mut nodes: Vec<_> = points.into_iter().zip(0..).collect();
        Self::order(&mut nodes, 0);
        Self(nodes)
    }

    fn order(nodes: &mut [(Point, isize)], axis: usize) {
        if nodes.len() <= LEAF {
            return;
        }
        let middle = nodes.len() / 2;
        let (low, _, high) =
            nodes.select_nth_unstable_by(middle, |(a, _), (b, _)| a[axis].total_cmp(&b[axis]));
        Self::order(low, (axis + 1) % 3);
        Self::order(high, (axis + 1) % 3);
    }

    /// The number of the point nearest to `here`, the smallest of
    /// several, or −1 in an empty tree.
    pub fn nearest(&self, here: &Point) -> isize {
        let mut best = (f64::INFINITY, -1);
        Self::search(&self.0, 0, here, &mut best);
        best.1
    }

    fn search(nodes: &[(Point, isize)], axis: usize, here: &Point, best: &mut (f64, isize)) {
        let mut visit = |(point, number): &(Point, isize)| {
            let found = (apart(point, here), *number);
            if found < *best {
                *best = found;
            }
        };
        if nodes.len() <= LEAF {
            return nodes.iter().for_each(visit);
        }
        let middle = nodes.len() / 2;
        visit(&nodes[middle]);
        let beyond = here[axis] - nodes[middle].0[axis];
        let halves = [&nodes[..middle], &nodes[middle + 1..]];
        let near = usize::from(beyond >= 0.0);
        Self::search(halves[near], (axis + 1) % 3, here, best);
        if beyond * beyond <= best.0 {
            Self::search(halves[1 - near], (axis + 1) % 3, here, best);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Nowhere, Tree, apart, point};

    fn scattered(count: u32) -> Vec<[f64; 3]> {
        let fraction = |n: u32, step: f64| (f64::from(n) * step).fract() - 0.5;
        (0..count)
            .map(|n| {
                point(
                    180.0 * fraction(n, 0.618_034),
                    360.0 * fraction(n, 0.754_877),
                )
                .unwrap()
            })
            .collect()
    }

    #[test]
    fn the_tree_finds_what_looking_at_each_finds() {
        for count in [1, 2, 6, 7, 8, 13, 100, 451] {
            let places = scattered(count);
            let tree = Tree::new(places.iter().copied());
            for here in scattered(1_000) {
                let distances = (0..)
                    .zip(&places)
                    .map(|(n, place)| (apart(place, &here), n));
                let each = distances.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
                assert_eq!(tree.nearest(&here), each.1);
            }
        }
    }

    #[test]
    fn of_places_that_are_the_same_the_first_is_found() {
        let tree = Tree::new([point(0.0, 0.0).unwrap(); 50]);
        assert_eq!(tree.nearest(&point(1.0, 1.0).unwrap()), 0);
    }

    #[test]
    fn an_empty_tree_has_no_nearest() {
        assert_eq!(Tree::new([]).nearest(&[0.0; 3]), -1);
    }

    #[test]
    fn what_is_not_on_the_earth_is_nowhere() {
        assert_eq!(point(90.5, 0.0), Err(Nowhere::Latitude(90.5)));
        assert_eq!(point(0.0, -181.0), Err(Nowhere::Longitude(-181.0)));
        assert!(point(f64::NAN, 0.0).is_err());
        assert!(point(0.0, f64::INFINITY).is_err());
        assert!(point(90.0, -180.0).is_ok());
    }
}
