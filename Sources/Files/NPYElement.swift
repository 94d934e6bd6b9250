/// The element types of our `.npy` files.
public protocol NPYElement: BitwiseCopyable, Sendable {
    /// NumPy's name of the type: `<i4`, `<f4`.
    static var npyName: String { get }
}

extension Int32: NPYElement {
    /// Little-endian 32-bit integer.
    public static var npyName: String { "<i4" }
}

extension Float: NPYElement {
    /// Little-endian IEEE single.
    public static var npyName: String { "<f4" }
}
