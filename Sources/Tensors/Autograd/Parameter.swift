import CKernels

/// A learned tensor: its value, its gradient and its name in files.
///
/// A buffer is kept and saved like one but moved by the model itself, not along a gradient: a moving average, say.
///
/// Weights follow PyTorch: a linear map from `in` to `out` is `[out, in]`. Forward products want the transpose
/// (``Matrix``), products in bf16 a packed form: a parameter keeps beside it what was asked for, renewed after each
/// update.
public final class Parameter {
    /// The key in `.safetensors` files, such as `decoder.gru.weight_hh`.
    public let name: String

    /// The current value.
    public let value: Tensor

    /// ∂loss/∂value; meaningful while ``hasGradient``, empty for a buffer.
    ///
    /// Its storage is made when first asked for: a model in use has none.
    public private(set) lazy var gradient: Tensor = {
        hasGradientStorage = true
        return Parameter.allocate(isTrained ? shape : Shape(0))
    }()
    private var hasGradientStorage = false

    /// Whether an optimizer moves it; false for a buffer.
    public let isTrained: Bool

    /// Whether the gradient holds a contribution since the last ``clearGradient()``.
    public internal(set) var hasGradient = false

    /// What is derived from the value, and of which of its versions.
    private struct Derived<Form> {
        let form: Form
        var version: Int
    }
    /// How often ``value`` has changed: what is derived from it holds as long as this stays.
    public private(set) var version = 0
    private var transposedForm: Derived<Tensor>?
    private var packedForm: Derived<PackedMatrix>?
    private var packedTransposedForm: Derived<PackedMatrix>?
    private var panelsForm: Derived<PanelMatrix>?
    /// Keeps the value's storage alive where it is not the parameter's own.
    private let owner: AnyObject?

    /// A parameter of the given shape, all zeros.
    public init(name: String, shape: Shape, isTrained: Bool = true) {
        self.name = name
        self.isTrained = isTrained
        owner = nil
        value = Parameter.allocate(shape)
    }

    /// A parameter whose value lies in memory of another, which `owner` keeps alive: a mapped file, say.
    ///
    /// Memory that may be written to: optimizers do.
    public init(name: String, value: Tensor, isTrained: Bool = true, owner: AnyObject) {
        self.name = name
        self.isTrained = isTrained
        self.owner = owner
        self.value = value
    }

    deinit {
        if owner == nil { value.pointer.deallocate() }
        if hasGradientStorage { gradient.pointer.deallocate() }
        panelsForm?.form.pointer.deallocate()
        transposedForm?.form.pointer.deallocate()
        packedForm?.form.pointer.deallocate()
        packedTransposedForm?.form.pointer.deallocate()
    }

    /// The lengths of the axes.
    public var shape: Shape { value.shape }

    /// The value `[rows, columns]` as `[columns, rows]`.
    public var transposed: Tensor {
        current(\.transposedForm) {
            Parameter.allocate(Shape(value.columns, value.rows))
        } fill: {
            ck_transpose($0.pointer, value.pointer, Int64(value.rows), Int64(value.columns))
        }
    }

    /// The value `[rows, columns]` rounded to bf16 as the right-hand side of products.
    public var packed: PackedMatrix {
        current(\.packedForm) {
            Parameter.allocatePacked(rows: value.rows, columns: value.columns)
        } fill: {
            $0.pack(Matrix(value))
        }
    }

    /// The transpose of the value, `[columns, rows]`, rounded to bf16 as the right-hand side of products.
    public var packedTransposed: PackedMatrix {
        current(\.packedTransposedForm) {
            Parameter.allocatePacked(rows: value.columns, columns: value.rows)
        } fill: {
            $0.pack(transposed: Matrix(value))
        }
    }

    /// The transpose of the value, `[columns, rows]`, as the right-hand side of fp32 products of a model in use.
    public var panels: PanelMatrix {
        current(\.panelsForm) {
            let (rows, columns) = (value.columns, value.rows)
            let count = PanelMatrix.elementCount(rows: rows, columns: columns)
            return PanelMatrix(
                rows: rows, columns: columns,
                pointer: Parameter.allocate(Float.self, count: count))
        } fill: {
            $0.pack(transposed: Matrix(value))
        }
    }

    /// Must be called after every change of ``value``.
    public func valueDidChange() { version += 1 }

    /// A derived form, made when first wanted and renewed when the value has changed since.
    private func current<Form>(
        _ place: ReferenceWritableKeyPath<Parameter, Derived<Form>?>, make: () -> Form,
        fill: (Form) -> Void
    ) -> Form {
        if let known = self[keyPath: place], known.version == version { return known.form }
        let form = self[keyPath: place]?.form ?? make()
        fill(form)
        self[keyPath: place] = Derived(form: form, version: version)
        return form
    }

    /// Forgets the gradient: the next contribution overwrites it.
    public func clearGradient() { hasGradient = false }

    /// Where to write or add a contribution to the gradient.
    public func accumulator() -> Accumulator {
        precondition(isTrained, "\(name) is a buffer and has no gradient")
        defer { hasGradient = true }
        return Accumulator(tensor: gradient, accumulate: hasGradient)
    }

    private static func allocate(_ shape: Shape) -> Tensor {
        let pointer = allocate(Float.self, count: shape.count)
        pointer.initialize(repeating: 0, count: max(shape.count, 1))
        return Tensor(pointer: pointer, shape: shape)
    }

    private static func allocatePacked(rows: Int, columns: Int) -> PackedMatrix {
        let count = PackedMatrix.elementCount(rows: rows, columns: columns)
        return PackedMatrix(
            rows: rows, columns: columns, pointer: allocate(UInt16.self, count: count))
    }

    private static func allocate<Element>(
        _ type: Element.Type, count: Int
    ) -> UnsafeMutablePointer<Element> {
        let size = max(count, 1) * MemoryLayout<Element>.stride
        guard let base = TensorMemory.allocate(byteCount: size).baseAddress else {
            preconditionFailure("no memory for \(count) numbers")
        }
        return base.bindMemory(to: type, capacity: max(count, 1))
    }
}
