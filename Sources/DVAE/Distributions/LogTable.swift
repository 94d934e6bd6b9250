import RealModule

/// ln of a category count, in one place so that every bound uses the same bits.
enum LogTable {
    static func log(_ count: Int) -> Float { Float(Double.log(Double(count))) }
}
