import CICU

/// Scripts of scalars, by the numbers ICU gives them.
enum Script {
    static var count: Int { Int(cicu_script_limit()) }
    static func name(_ number: Int) -> String {
        String(cString: cicu_script_name(Int32(truncatingIfNeeded: number)))
    }
    /// The script of each ASCII byte.
    static let ascii: [UInt8] = (0..<128).map {
        UInt8(truncatingIfNeeded: cicu_script(UInt32($0)))
    }
    @inline(__always)
    static func number(of scalar: UInt32) -> Int {
        scalar < 0x80 ? Int(ascii[Int(scalar)]) : Int(cicu_script(scalar))
    }
}
