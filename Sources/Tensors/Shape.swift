/// The lengths of a tensor's axes: up to four, stored inline so that making one allocates nothing.
public struct Shape: Hashable, Sendable {
    private let axes: SIMD4<Int>

    /// The number of axes, 0 … 4.
    ///
    /// Rank 0 is a scalar with one element.
    public let rank: Int

    /// A scalar.
    public init() { self.init(axes: SIMD4(1, 1, 1, 1), rank: 0) }

    /// A vector of `a` elements.
    public init(_ a: Int) { self.init(axes: SIMD4(a, 1, 1, 1), rank: 1) }

    /// A matrix of `a` rows and `b` columns.
    public init(_ a: Int, _ b: Int) { self.init(axes: SIMD4(a, b, 1, 1), rank: 2) }

    /// Three axes.
    public init(_ a: Int, _ b: Int, _ c: Int) { self.init(axes: SIMD4(a, b, c, 1), rank: 3) }

    /// Four axes.
    public init(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
        self.init(axes: SIMD4(a, b, c, d), rank: 4)
    }

    private init(axes: SIMD4<Int>, rank: Int) {
        precondition(axes.min() >= 0, "a shape has no negative axis")
        self.axes = axes
        self.rank = rank
    }

    /// The length of an axis.
    public subscript(axis: Int) -> Int {
        precondition(axis >= 0 && axis < rank, "axis \(axis) of a shape of rank \(rank)")
        return axes[axis]
    }

    /// The number of elements.
    public var count: Int { axes[0] * axes[1] * axes[2] * axes[3] }

    /// The length of the last axis (1 for a scalar).
    public var columns: Int { rank == 0 ? 1 : axes[rank - 1] }

    /// The number of rows when every axis but the last is flattened.
    public var rows: Int {
        switch rank {
        case 0, 1: 1
        case 2: axes[0]
        case 3: axes[0] * axes[1]
        default: axes[0] * axes[1] * axes[2]
        }
    }

    /// The axes as an array, for files and messages.
    public var array: [Int] { (0..<rank).map { axes[$0] } }
}

extension Shape: CustomStringConvertible {
    /// `[64, 32, 16]`.
    public var description: String { "\(array)" }
}
