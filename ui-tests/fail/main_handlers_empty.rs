lambkin::main! { handlers: [] }
