import CKernels

/// A matrix laid out in panels of columns as the right-hand side of products of a model in use: a view that owns nothing.
///
/// Such a product is as good for one row as for many. Its elements are sums in one fixed order, which on AVX-512 is that
/// of products with plain matrices: the same bits.
public struct PanelMatrix {
    /// The number of rows, the inner axis of products.
    public let rows: Int
    /// The number of columns.
    public let columns: Int

    let pointer: UnsafeMutablePointer<Float>

    /// Whether the processor multiplies panels faster than plain matrices.
    static let areFast = ck_panels_are_fast() != 0

    /// The numbers that a matrix of this size takes.
    static func elementCount(rows: Int, columns: Int) -> Int {
        Int(ck_panels_count(Int64(rows), Int64(columns)))
    }

    /// Packs the transpose of `matrix`.
    func pack(transposed matrix: Matrix) {
        precondition(matrix.columns == rows && matrix.rows == columns)
        ck_panels_pack_transposed(
            pointer, matrix.pointer, Int64(matrix.stride), Int64(rows), Int64(columns))
    }
}

extension Matrix {
    /// self = a · b, or self += a · b.
    public func assign(_ a: Matrix, times b: PanelMatrix, accumulate: Bool = false) {
        precondition(
            a.columns == b.rows && rows == a.rows && columns == b.columns,
            "product of \(a.rows)×\(a.columns) and \(b.rows)×\(b.columns) into \(rows)×\(columns)")
        ck_panels_product(
            pointer, Int64(stride), a.pointer, Int64(a.stride), b.pointer, Int64(rows),
            Int64(columns), Int64(b.rows), accumulate ? 1 : 0)
    }

    /// self = a Wᵀ, or self += a Wᵀ, in fp32 for the weight `[out, in]` of a model in use.
    public func assign(
        _ a: Matrix, timesTransposed weight: Parameter, accumulate: Bool = false
    ) {
        if PanelMatrix.areFast {
            assign(a, times: weight.panels, accumulate: accumulate)
        } else {
            assign(a, times: Matrix(weight.transposed), accumulate: accumulate)
        }
    }
}
