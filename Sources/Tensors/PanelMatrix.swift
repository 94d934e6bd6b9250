import CKernels

/// A matrix laid out in panels of columns as the right-hand side of products of a model in use: a view that owns nothing.
///
/// Such a product is as good for one row as for many. Its elements are sums in one fixed order, which on AVX-512 is that
/// of products with plain matrices: the same bits. In bf16 the matrix takes half the bytes, and a product is, to the bit,
/// the fp32 one of the rounded matrix; what it is multiplied with, and sums, are fp32.
public struct PanelMatrix {
    /// The number of rows, the inner axis of products.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// How its numbers are kept.
    public let precision: Precision

    let pointer: UnsafeMutableRawPointer

    /// Whether the processor multiplies panels faster than plain matrices.
    static let areFast = ck_panels_are_fast() != 0

    /// Uninitialised storage, which the caller must give back.
    init(rows: Int, columns: Int, precision: Precision) {
        self.rows = rows
        self.columns = columns
        self.precision = precision
        let size = ck_panels_size(Int64(rows), Int64(columns), precision.isRounded)
        pointer = .allocate(byteCount: max(64, Int(size)), alignment: 64)
    }

    /// Packs the transpose of `matrix`.
    func pack(transposed matrix: Matrix) {
        precondition(matrix.columns == rows && matrix.rows == columns)
        ck_panels_pack_transposed(
            pointer, precision.isRounded, matrix.pointer, Int64(matrix.stride), Int64(rows),
            Int64(columns))
    }
}

extension Matrix {
    /// self = a · b, or self += a · b.
    public func assign(_ a: Matrix, times b: PanelMatrix, accumulate: Bool = false) {
        precondition(
            a.columns == b.rows && rows == a.rows && columns == b.columns,
            "product of \(a.rows)×\(a.columns) and \(b.rows)×\(b.columns) into \(rows)×\(columns)")
        ck_panels_product(
            pointer, Int64(stride), a.pointer, Int64(a.stride), b.pointer,
            b.precision.isRounded, Int64(rows), Int64(columns), Int64(b.rows), accumulate ? 1 : 0)
    }

    /// self = a Wᵀ, or self += a Wᵀ, for the weight `[out, in]` of a model in use, which is multiplied in `precision`.
    public func assign(
        _ a: Matrix, timesTransposed weight: Parameter, precision: Precision = .fp32,
        accumulate: Bool = false
    ) {
        if precision == .bf16 || PanelMatrix.areFast {
            assign(a, times: weight.panels(in: precision), accumulate: accumulate)
        } else {
            assign(a, times: Matrix(weight.transposed), accumulate: accumulate)
        }
    }
}

extension Precision {
    fileprivate var isRounded: Int32 { self == .bf16 ? 1 : 0 }
}
