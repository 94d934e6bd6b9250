import CKernels
import COneDNN

/// A row-major matrix view whose rows may lie apart (`stride` elements from row to row), as a
/// product reads or writes it.
public struct Matrix {
    /// The first element.
    public let pointer: UnsafeMutablePointer<Float>
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The elements from the start of one row to the start of the next.
    public let stride: Int

    /// A view of part of a buffer.
    public init(pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
        self.pointer = pointer
        self.rows = rows
        self.columns = columns
        self.stride = stride
    }

    /// A tensor with every axis but the last flattened.
    public init(_ tensor: Tensor) {
        self.init(
            pointer: tensor.pointer, rows: tensor.rows, columns: tensor.columns,
            stride: tensor.columns)
    }

    /// The columns in `range` of a tensor flattened to a matrix.
    public init(_ tensor: Tensor, columns range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= tensor.columns)
        self.init(
            pointer: tensor.pointer + range.lowerBound, rows: tensor.rows, columns: range.count,
            stride: tensor.columns)
    }

    /// Some of the rows.
    public func rows(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return Matrix(
            pointer: pointer + range.lowerBound * stride, rows: range.count, columns: columns,
            stride: stride)
    }
}

// Forward products are always NN: a row of the result then has the same bits whatever the number of
// rows beside it and of threads, so codes do not depend on the batch. oneDNN makes two exceptions: a
// single row, which is computed as two, and an inner axis over 768, for which the number of rows
// decides how its sums are split, so that they are split here. Weight gradients are TN, which is as
// good across threads.
extension Matrix {
    /// self = a · b, or self += a · b.
    public func assign(_ a: Matrix, times b: Matrix, accumulate: Bool = false) {
        precondition(
            a.columns == b.rows && rows == a.rows && columns == b.columns,
            "product of \(a.rows)×\(a.columns) and \(b.rows)×\(b.columns) into \(rows)×\(columns)")
        guard rows > 0, columns > 0 else { return }
        if rows == 1 {
            assignSingleRow(a, times: b, accumulate: accumulate)
        } else {
            Matrix.slicedProduct(a, b, accumulate: accumulate, into: self)
        }
    }

    /// self = aᵀ · b, or self += aᵀ · b.
    public func assign(transposed a: Matrix, times b: Matrix, accumulate: Bool = false) {
        precondition(
            a.rows == b.rows && rows == a.columns && columns == b.columns,
            "product of (\(a.rows)×\(a.columns))ᵀ and \(b.rows)×\(b.columns) into \(rows)×\(columns)"
        )
        guard rows > 0, columns > 0 else { return }
        Matrix.product(a, transposed: true, b, accumulate: accumulate, into: self)
    }

    private func assignSingleRow(_ a: Matrix, times b: Matrix, accumulate: Bool) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * (a.columns + columns)) {
            space in
            guard let base = space.baseAddress else { return }
            base.initialize(from: a.pointer, count: a.columns)
            (base + a.columns).initialize(from: a.pointer, count: a.columns)
            let out = base + 2 * a.columns
            out.initialize(from: pointer, count: columns)
            (out + columns).initialize(from: pointer, count: columns)
            let result = Matrix(pointer: out, rows: 2, columns: columns, stride: columns)
            let twice = Matrix(pointer: base, rows: 2, columns: a.columns, stride: a.columns)
            Matrix.slicedProduct(twice, b, accumulate: accumulate, into: result)
            pointer.update(from: out, count: columns)
        }
    }

    /// The longest inner axis that oneDNN sums in one order for every number of rows.
    private static let longestSum = 768

    private static func slicedProduct(
        _ a: Matrix, _ b: Matrix, accumulate: Bool, into c: Matrix
    ) {
        for start in Swift.stride(from: 0, to: max(1, b.rows), by: longestSum) {
            let count = min(longestSum, b.rows - start)
            let left = Matrix(
                pointer: a.pointer + start, rows: a.rows, columns: count, stride: a.stride)
            let right = Matrix(
                pointer: b.pointer + start * b.stride, rows: count, columns: b.columns,
                stride: b.stride)
            product(
                left, transposed: false, right, accumulate: accumulate || start > 0, into: c)
        }
    }

    private static func product(
        _ a: Matrix, transposed: Bool, _ b: Matrix, accumulate: Bool, into c: Matrix
    ) {
        // A sum of no terms, as an empty batch gives; oneDNN refuses an inner axis of length 0.
        guard b.rows > 0 else {
            guard !accumulate else { return }
            for row in 0..<c.rows {
                (c.pointer + row * c.stride).update(repeating: 0, count: c.columns)
            }
            return
        }
        let status = onednn_sgemm(
            transposed ? 1 : 0, 0, Int64(c.rows), Int64(c.columns), Int64(b.rows), 1,
            a.pointer, Int64(a.stride), b.pointer, Int64(b.stride), accumulate ? 1 : 0,
            c.pointer, Int64(c.stride))
        precondition(status == 0, "oneDNN refused a product with status \(status)")
    }
}

/// The threads that products and kernels run on: one pool, shared with oneDNN.
public enum ThreadPool {
    /// Sets the number of threads, at least 1, for work driven from the calling thread.
    ///
    /// On processors with AVX-512, codes and training do not depend on it (training: measured for 1 to 4 threads).
    /// With AVX2 alone oneDNN splits rows otherwise, and last bits may differ between thread counts and batch sizes.
    ///
    /// A signal handler must not run on a thread that computes: oneDNN's products use the stack pointer as a general
    /// register, and a handler's frame would overwrite memory. Block signals there and wait for them elsewhere.
    public static func setThreadCount(_ count: Int) {
        onednn_set_thread_count(Int32(max(1, min(count, 1024))))
    }

    /// The number of threads for work driven from the calling thread.
    public static var threadCount: Int { Int(ck_thread_count()) }

    /// The version of the library behind the products, for reports.
    public static var productLibrary: String { "oneDNN " + String(cString: onednn_version()) }
}
