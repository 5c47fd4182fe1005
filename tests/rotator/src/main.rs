//! The binary of the app in the library.

cloud::main!(rotator::App);
