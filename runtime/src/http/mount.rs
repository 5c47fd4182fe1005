//! Modules of routes, for those that mount them.

use super::route::Group;
use super::routing::{AnyRoutes, Routes};
use crate::app::Resolving;
use crate::app::provide::Needs;

/// A module with `#[routes]`, for the apps that provide what its routes borrow.
#[doc(hidden)]
pub trait Mountable<A>: 'static {
    /// What it borrows from the app.
    const NEEDS: &'static [&'static Needs];

    /// Sets on its way what it borrows, for those who mount it to wait for.
    fn begin(app: &'static A, all: &mut Vec<Resolving<()>>);

    /// Initialises what it borrows, and binds it.
    fn resolve(app: &'static A) -> Resolving<&'static dyn AnyRoutes>;
}

/// Binds routes for the rest of the process.
#[doc(hidden)]
pub fn bound<R: Routes>(routes: R) -> &'static dyn AnyRoutes {
    Box::leak(Box::new(routes))
}

/// The routes of a module with `#[routes]`, for whatever app.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this module is not marked `#[routes]`",
    label = "not a module of routes",
    note = "lambkin::E124: `#[mount(\"/prefix\")]` stands above the `use` of a module with `#[routes]`"
)]
pub trait IsRoutes {}

/// Names the routes of a mounted module.
#[doc(hidden)]
pub trait Mounted {
    /// Those.
    type Routes: IsRoutes;
}

/// What is found in place of the routes of a module that has none, to be told so.
#[doc(hidden)]
pub struct UnmarkedRoutes;

impl UnmarkedRoutes {
    /// None.
    pub const GROUP: &'static Group = BrokenRoutes::GROUP;
}

impl<A> Mountable<A> for UnmarkedRoutes {
    const NEEDS: &'static [&'static Needs] = &[];

    fn begin(_: &'static A, _: &mut Vec<Resolving<()>>) {}

    fn resolve(_: &'static A) -> Resolving<&'static dyn AnyRoutes> {
        Box::pin(std::future::pending())
    }
}

/// Stands in for a module whose attributes are wrong, so that only that mistake is reported.
#[doc(hidden)]
pub struct BrokenRoutes;

impl BrokenRoutes {
    /// None.
    pub const GROUP: &'static Group = &Group { module: "", routes: &[], mounts: &[] };
}

impl IsRoutes for BrokenRoutes {}

impl<A> Mountable<A> for BrokenRoutes {
    const NEEDS: &'static [&'static Needs] = &[];

    fn begin(_: &'static A, _: &mut Vec<Resolving<()>>) {}

    fn resolve(_: &'static A) -> Resolving<&'static dyn AnyRoutes> {
        Box::pin(std::future::pending())
    }
}
